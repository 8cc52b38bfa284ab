"""The bundled suite: one item per problem."""


def test_problem(problem, mathbench):
    mathbench(problem)
