"""The bundled problems: their layout, and each answer computed again from the statement's numbers."""

import cmath
import datetime as dt
import itertools
import json
import math
import re
import statistics
from collections import Counter
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path
from typing import Any, TypeAlias

import mpmath
import pytest
import sympy as sp
from math_verify import parse

PROBLEMS = Path(__file__).parent.parent / "problems"
DOMAINS = (
    "prealgebra",
    "algebra",
    "number_theory",
    "counting_and_probability",
    "geometry",
    "intermediate_algebra",
    "precalculus",
)
LEVELS = (1, 2, 3, 4, 5)
KEYS = ["id", "domain", "level", "problem", "answer"]
X = sp.Symbol("x")
DIGITS = 30

Value: TypeAlias = int | Fraction | str | sp.Basic | sp.ImmutableMatrix
Solver: TypeAlias = Callable[[], Value]

SOLVERS: dict[str, Solver] = {}


def solves(problem_id: str) -> Callable[[Solver], Solver]:
    """Enter the decorated function in the table of independent computations."""

    def enter(solver: Solver) -> Solver:
        if problem_id in SOLVERS:
            raise ValueError(f"{problem_id} has two computations")
        SOLVERS[problem_id] = solver
        return solver

    return enter


def only(candidates: list[Any]) -> Any:
    """Return the one candidate a search has found; a statement with two answers fails here."""
    (candidate,) = candidates
    return candidate


def rational(value: sp.Expr) -> Fraction:
    """Turn an exact rational number of sympy into a Fraction, after simplifying it."""
    simple = sp.Rational(sp.simplify(value))
    return Fraction(int(simple.p), int(simple.q))


def thirty_digits(value: mpmath.mpf) -> sp.Float:
    """Keep thirty significant digits of a number computed with more."""
    return sp.Float(value, DIGITS)


def shoelace(corners: list[tuple[Any, Any]]) -> Any:
    """Compute the area of the polygon whose corners are listed counterclockwise."""
    edges = zip(corners, corners[1:] + corners[:1], strict=True)
    return sum(p[0] * q[1] - q[0] * p[1] for p, q in edges) / 2


# Prealgebra


@solves("prealgebra-1-001")
def take_six_fives_from_48() -> Value:
    """Subtract the fives one by one."""
    return 48 - sum([5] * 6) + 4


@solves("prealgebra-1-002")
def subtract_in_fortyeighths() -> Value:
    """Subtract over the product of the denominators and let Fraction reduce."""
    return Fraction(5 * 8 - 3 * 6, 6 * 8)


@solves("prealgebra-2-001")
def pay_for_the_jacket_in_cents() -> Value:
    """Pay 85 cents for each of the 80 dollars, less the coupon."""
    return Fraction(80 * 85 - 600, 100)


@solves("prealgebra-2-002")
def search_the_fifth_number() -> Value:
    """Try every integer near the others until the mean is right."""
    return only([n for n in range(-100, 101) if statistics.mean([12, 17, 21, 26, n]) == 18])


@solves("prealgebra-3-001")
def run_the_bottling_machine() -> Value:
    """Run the machine four seconds at a time."""
    bottles = seconds = 0
    while bottles < 2520:
        bottles, seconds = bottles + 7, seconds + 4
    return Fraction(seconds, 60)


@solves("prealgebra-3-002")
def spend_twenty_coins() -> Value:
    """Spend savings of twenty coins, so that each purchase takes whole coins."""
    after_bicycle = 20 - 20 // 5 * 2
    after_helmet = after_bicycle - after_bicycle // 4
    return Fraction(after_helmet, 20)


@solves("prealgebra-4-001")
def square_the_radical_sum() -> Value:
    """Multiply out the square of the sum, where every product is an integer, and take its root."""
    terms = [(1, 75), (1, 48), (-1, 12)]
    square = sum(s * t * math.isqrt(a * b) for (s, a), (t, b) in itertools.product(terms, repeat=2))
    return sp.sqrt(square)


@solves("prealgebra-4-002")
def count_multiples_by_trial() -> Value:
    """Test each integer of the range."""
    return sum(n % 6 == 0 and n % 8 != 0 for n in range(100, 501))


@solves("prealgebra-5-001")
def enumerate_lists_of_seven() -> Value:
    """Enumerate every list with the given median and range, and keep those with the given mean and mode."""
    sixth = []
    for least in range(1, 13):
        low = itertools.combinations_with_replacement(range(least, 13), 2)
        high = itertools.combinations_with_replacement(range(12, least + 16), 2)
        for (second, third), (fifth, last_but_one) in itertools.product(low, list(high)):
            numbers = [least, second, third, 12, fifth, last_but_one, least + 15]
            if sum(numbers) == 7 * 13 and statistics.multimode(numbers) == [9]:
                sixth.append(last_but_one)
    return max(sixth)


@solves("prealgebra-5-002")
def fill_the_tank_minute_by_minute() -> Value:
    """Follow the water level minute by minute in exact fractions of the tank."""
    level, minute = Fraction(0), 0
    while level < 1:
        level += Fraction(1, 6 * 60)
        level += Fraction(1, 4 * 60) if minute >= 60 else 0
        level -= Fraction(1, 9 * 60) if minute < 180 else 0
        minute += 1
    assert level == 1
    return minute


# Algebra


@solves("algebra-1-001")
def evaluate_by_horner() -> Value:
    """Evaluate the quadratic by Horner's rule."""
    return (3 * -2 + 0) * -2 - 7


@solves("algebra-1-002")
def slope_of_the_sympy_line() -> Value:
    """Ask sympy's geometry for the slope."""
    return rational(sp.Line((-1, 4), (5, 1)).slope)


@solves("algebra-2-001")
def intersect_two_solution_sets() -> Value:
    """Intersect the solution sets of the two inequalities."""
    return sp.solveset(2 * X + 1 >= -3, X, sp.S.Reals) & sp.solveset(2 * X + 1 < 9, X, sp.S.Reals)


@solves("algebra-2-002")
def interpolate_the_product() -> Value:
    """Interpolate the cubic through the values of the product at four integers."""
    return sp.interpolate([(n, (2 * n - 3) * (n**2 + n - 4)) for n in range(4)], X)


@solves("algebra-3-001")
def try_every_number_of_adults() -> Value:
    """Try every split of the 120 tickets."""
    return only([adults for adults in range(121) if 11 * adults + 7 * (120 - adults) == 1100])


@solves("algebra-3-002")
def try_every_exponent() -> Value:
    """Try integer exponents in exact arithmetic; the ratio of the sides is monotone, so one is all."""
    return only([x for x in range(-30, 31) if Fraction(8) ** (x + 2) == 32 * Fraction(4) ** (2 * x - 1)])


@solves("algebra-4-001")
def substitute_the_explicit_roots() -> Value:
    """Put the roots of the quadratic formula into the expression."""
    r, s = sp.solve(2 * X**2 - 9 * X + 5, X)
    return rational(r**2 / s + s**2 / r)


@solves("algebra-4-002")
def find_the_stationary_point() -> Value:
    """Solve for a vanishing gradient; the Hessian is positive, so the point is the minimum."""
    y = sp.Symbol("y")
    expression = 3 * X**2 - 12 * X + 4 * y**2 + 8 * y + 25
    point = only(sp.solve([expression.diff(X), expression.diff(y)], [X, y], dict=True))
    return sp.Tuple(point[X], point[y], expression.subs(point))


@solves("algebra-5-001")
def solve_the_composite_branch_by_branch() -> Value:
    """Solve the polynomial of each pair of branches and keep the roots that really satisfy f(f(x)) = 4."""
    branches = (X**2 - 5, 2 - X)

    def f(x: sp.Expr) -> sp.Expr:
        return sp.expand(x**2 - 5 if x >= 1 else 2 - x)

    candidates = {
        root
        for outer, inner in itertools.product(branches, repeat=2)
        for root in sp.real_roots(sp.Poly(outer.subs(X, inner) - 4, X))
    }
    return sp.prod(x for x in candidates if f(f(x)) == 4)


@solves("algebra-5-002")
def scan_the_parameter() -> Value:
    """Count solutions for each k on a grid of eighths; the count can only change at a grid point."""

    def solutions(k: Fraction) -> int:
        shift = sp.Rational(k.numerator, k.denominator)
        candidates = {
            root for sign in (1, -1) for root in sp.roots(sign * (X**2 - 8 * X + 7) - X - shift, X) if root.is_real
        }
        return sum(bool(abs(sp.expand(x**2 - 8 * x + 7)) == sp.expand(x + shift)) for x in candidates)

    step = Fraction(1, 8)
    grid = [step * n for n in range(-24, 65)]
    four = [k for k in grid if solutions(k) == 4]
    assert four == [k for k in grid if four[0] <= k <= four[-1]]
    return sp.Interval.open(*(sp.Rational(k.numerator, k.denominator) for k in (four[0] - step, four[-1] + step)))


# Number theory


@solves("number_theory-1-001")
def search_common_divisors() -> Value:
    """Test every possible divisor."""
    return max(d for d in range(1, 85) if 84 % d == 132 % d == 0)


@solves("number_theory-1-002")
def add_days_to_a_thursday() -> Value:
    """Add the days to a Thursday of the calendar."""
    thursday = dt.date(2026, 1, 1)
    assert thursday.strftime("%A") == "Thursday"
    return (thursday + dt.timedelta(days=45)).strftime("%A")


@solves("number_theory-2-001")
def read_base_five() -> Value:
    """Let Python read the numeral."""
    return int("2031", 5)


@solves("number_theory-2-002")
def list_even_divisors() -> Value:
    """Test every even number up to 360."""
    return sum(360 % d == 0 for d in range(2, 361, 2))


@solves("number_theory-3-001")
def search_the_remainders() -> Value:
    """Count upward until the three remainders are right."""
    return next(n for n in itertools.count(1) if (n % 5, n % 7, n % 8) == (3, 4, 5))


@solves("number_theory-3-002")
def shift_the_decimal_point() -> Value:
    """Read the units digit of the integer part of 10^100 times the fraction."""
    return 10**100 * 5 // 13 % 10


@solves("number_theory-4-001")
def try_each_n_up_to_1000() -> Value:
    """Test every n."""
    return sum((n**2 + n) % 24 == 0 for n in range(1, 1001))


@solves("number_theory-4-002")
def divide_the_factorial_by_twelve() -> Value:
    """Divide 50! by 12 for as long as it goes."""
    number, zeros = math.factorial(50), 0
    while number % 12 == 0:
        number, zeros = number // 12, zeros + 1
    return zeros


@solves("number_theory-5-001")
def list_divisors_of_a_power_of_30() -> Value:
    """Form every divisor from its exponents and test its remainder."""
    exponents = itertools.product(range(7), repeat=3)
    return sum(2**a * 3**b * 5**c % 7 == 1 for a, b, c in exponents)


@solves("number_theory-5-002")
def search_square_products() -> Value:
    """Test n up to 1000; past 48 the product lies strictly between the squares of n + 8 and n + 9."""
    products = {n: (n + 1) * (n + 16) for n in range(1, 1001)}
    return sp.FiniteSet(*(n for n, product in products.items() if math.isqrt(product) ** 2 == product))


# Counting and probability


@solves("counting_and_probability-1-001")
def list_the_meals() -> Value:
    """List every meal."""
    return len(list(itertools.product(range(4), range(6), range(3))))


@solves("counting_and_probability-1-002")
def count_marbles_in_the_bag() -> Value:
    """Count the marbles of the bag that are not blue."""
    bag = "R" * 5 + "B" * 7 + "G" * 8
    return Fraction(sum(marble != "B" for marble in bag), len(bag))


@solves("counting_and_probability-2-001")
def arrange_the_letters() -> Value:
    """Form all arrangements and drop the repeated ones."""
    return len(set(itertools.permutations("COCOON")))


@solves("counting_and_probability-2-002")
def roll_two_dice() -> Value:
    """List the 36 rolls."""
    rolls = list(itertools.product(range(1, 7), repeat=2))
    return Fraction(sum(sum(roll) >= 9 for roll in rolls), len(rolls))


@solves("counting_and_probability-3-001")
def list_the_committees() -> Value:
    """List every committee by its members' classes and keep the mixed ones."""
    club = "J" * 6 + "S" * 5
    return sum(len(set(members)) == 2 for members in itertools.combinations(club, 4))


@solves("counting_and_probability-3-002")
def count_paths_cell_by_cell() -> Value:
    """Add up the paths into each lattice point, with none into the forbidden one."""
    paths = {(0, 0): 1}
    for x, y in itertools.product(range(7), range(5)):
        if (x, y) != (0, 0):
            paths[x, y] = 0 if (x, y) == (2, 2) else paths.get((x - 1, y), 0) + paths.get((x, y - 1), 0)
    return paths[6, 4]


@solves("counting_and_probability-4-001")
def multiply_out_the_power() -> Value:
    """Multiply the factors together one at a time, keeping a coefficient for each exponent."""
    power = Counter({0: 1})
    for _ in range(8):
        longer: Counter[int] = Counter()
        for exponent, coefficient in power.items():
            longer[exponent + 2] += coefficient
            longer[exponent - 1] -= 2 * coefficient
        power = longer
    return power[4]


@solves("counting_and_probability-4-002")
def roll_three_different_numbers() -> Value:
    """List the 216 rolls and keep those that meet the condition."""
    different = [roll for roll in itertools.product(range(1, 7), repeat=3) if len(set(roll)) == 3]
    return Fraction(sum(sum(roll) == 10 for roll in different), len(different))


@solves("counting_and_probability-5-001")
def move_the_token_ten_times() -> Value:
    """Carry the exact distribution over the five vertices through ten moves."""
    chances = [Fraction(1), *[Fraction(0)] * 4]
    for _ in range(10):
        chances = [(chances[v - 1] + chances[(v + 1) % 5]) / 2 for v in range(5)]
    return chances[0]


@solves("counting_and_probability-5-002")
def list_the_workshop_choices() -> Value:
    """List all ten thousand choices of the four friends."""
    pairs = list(itertools.combinations(range(5), 2))
    return sum(len(set().union(*choice)) == 5 for choice in itertools.product(pairs, repeat=4))


# Geometry


@solves("geometry-1-001")
def search_the_angle_unit() -> Value:
    """Try whole numbers of degrees for the unit of the ratio."""
    return only([4 * unit for unit in range(1, 180) if 2 * unit + 3 * unit + 4 * unit == 180])


@solves("geometry-1-002")
def add_up_rings() -> Value:
    """Integrate the circumference over the radius, from the center to the given circle."""
    r = sp.Symbol("r", positive=True)
    radius = only(sp.solve(2 * sp.pi * r - 18 * sp.pi, r))
    return sp.integrate(2 * sp.pi * r, (r, 0, radius))


@solves("geometry-2-001")
def measure_the_hypotenuse() -> Value:
    """Measure the distance between the far ends of the legs."""
    return sp.Point(4, 0).distance(sp.Point(0, 10))


@solves("geometry-2-002")
def search_the_number_of_sides() -> Value:
    """Try numbers of sides against the angle sum of a polygon."""
    return only([n for n in range(3, 361) if Fraction(180 * (n - 2), n) == 156])


@solves("geometry-3-001")
def lay_out_the_cut_triangle() -> Value:
    """Put A at the origin and B at (15, 0), choose the height that gives the area 20, and use coordinates."""
    height = Fraction(20 * 2, 6) / Fraction(6, 15)
    e = (Fraction(6, 15) * 7, Fraction(6, 15) * height)
    assert shoelace([(0, 0), (6, 0), e]) == 20
    return shoelace([(6, 0), (15, 0), (7, height), e])


@solves("geometry-3-002")
def add_up_discs_of_the_cone() -> Value:
    """Integrate the area of the disc at each distance along the slant, times the height it adds."""
    s = sp.Symbol("s")
    rise = sp.sqrt(10**2 - 6**2) / 10
    return sp.integrate(sp.pi * sp.Rational(6, 10) ** 2 * s**2 * rise, (s, 0, 10))


@solves("geometry-4-001")
def place_the_secant_on_an_axis() -> Value:
    """Put line AB on the x-axis with O above the origin, and solve for the half chord and the radius."""
    half, radius = sp.symbols("half radius", positive=True)
    center, outer = sp.Point(0, sp.sqrt(11)), sp.Point(-half - 8, 0)
    chord = center.distance(sp.Point(-half, 0)) ** 2 - radius**2
    tangent = center.distance(outer) ** 2 - radius**2 - 12**2
    return rational(only(sp.solve([chord, tangent], [half, radius], dict=True))[radius])


@solves("geometry-4-002")
def construct_the_circumcenter() -> Value:
    """Build the triangle from its sides and let sympy intersect the perpendicular bisectors."""
    return sp.radsimp(sp.Triangle(sss=(7, 8, 9)).circumradius)


@solves("geometry-5-001")
def cut_the_cube_edge_by_edge() -> Value:
    """Intersect all twelve edges with the plane z = x/3 + y/2 and add up the area vectors of a fan."""

    def height(corner: tuple[Fraction, ...]) -> Fraction:
        return corner[2] - corner[0] / 3 - corner[1] / 2

    assert [height((Fraction(x), Fraction(y), Fraction(z))) for x, y, z in ((0, 0, 0), (6, 0, 2), (0, 6, 3))] == [0] * 3
    corners = [tuple(map(Fraction, corner)) for corner in itertools.product((0, 6), repeat=3)]
    cuts: set[tuple[Fraction, ...]] = set()
    for p, q in itertools.combinations(corners, 2):
        if sum(a != b for a, b in zip(p, q, strict=True)) == 1 and height(p) * height(q) <= 0:
            along = height(p) / (height(p) - height(q))
            cuts.add(tuple(a + along * (b - a) for a, b in zip(p, q, strict=True)))
    middle = [sum(axis) / len(cuts) for axis in zip(*cuts, strict=True)]
    around = sorted(cuts, key=lambda cut: math.atan2(cut[1] - middle[1], cut[0] - middle[0]))
    spokes = [sp.Matrix(cut) - sp.Matrix(around[0]) for cut in around[1:]]
    return rational(sum((a.cross(b) for a, b in itertools.pairwise(spokes)), sp.zeros(3, 1)).norm() / 2)


@solves("geometry-5-002")
def drop_perpendiculars_from_the_incenter() -> Value:
    """Find the height that makes all four sides equally far from the center, then drop perpendiculars."""
    h = sp.Symbol("h", positive=True)
    leg = sp.Line(sp.Point(9, 0), sp.Point(4, h))
    height = only(sp.solve(leg.distance(sp.Point(0, h / 2)) ** 2 - (h / 2) ** 2, h))
    right = leg.subs(h, height).projection(sp.Point(0, height / 2))
    return rational(shoelace([(0, 0), (right.x, right.y), (0, height), (-right.x, right.y)]))


# Intermediate algebra


@solves("intermediate_algebra-1-001")
def multiply_rotation_matrices() -> Value:
    """Multiply the real matrices that stand for the two complex numbers."""
    product = sp.Matrix([[3, -2], [2, 3]]) * sp.Matrix([[4, 1], [-1, 4]])
    return product[0, 0] + product[1, 0] * sp.I


@solves("intermediate_algebra-1-002")
def search_the_two_exponents() -> Value:
    """Search for the two exponents by trial."""
    first = only([n for n in range(-10, 11) if Fraction(2) ** n == 32])
    second = only([n for n in range(-10, 11) if Fraction(9) ** n == Fraction(1, 81)])
    return first - second


@solves("intermediate_algebra-2-001")
def divide_the_polynomial() -> Value:
    """Carry out the polynomial division."""
    return rational(sp.rem(X**5 - 3 * X**3 + 2 * X - 7, X - 2, X))


@solves("intermediate_algebra-2-002")
def balance_the_focal_distances() -> Value:
    """Find the focus for which two vertices of the ellipse have the same sum of distances to the foci."""
    c = sp.Symbol("c", positive=True)
    at_the_side = 2 * sp.sqrt(45)
    at_the_top = 2 * sp.sqrt(c**2 + 20)
    return rational(2 * only(sp.solve(at_the_top - at_the_side, c)))


@solves("intermediate_algebra-3-001")
def use_the_companion_matrix() -> Value:
    """Read the power sum and the product of the roots from the companion matrix."""
    companion = sp.Matrix([[0, 0, -2], [1, 0, 5], [0, 1, 4]])
    assert sp.expand(companion.charpoly(X).as_expr()) == X**3 - 4 * X**2 - 5 * X + 2
    return rational((companion**2).trace() / companion.det())


@solves("intermediate_algebra-3-002")
def find_the_critical_value() -> Value:
    """Differentiate; the function grows without bound at both ends, so the critical value is the least."""
    x = sp.Symbol("x", positive=True)
    expression = x**2 + 54 / x
    return rational(expression.subs(x, only(sp.solve(expression.diff(x), x))))


@solves("intermediate_algebra-4-001")
def multiply_minimal_polynomials() -> Value:
    """Multiply the minimal polynomials of the two roots, which are different and irreducible."""
    return sp.expand(
        sp.minimal_polynomial(1 + sp.sqrt(5), X) * sp.minimal_polynomial(2 - 3 * sp.I, X),
    )


@solves("intermediate_algebra-4-002")
def add_two_hundred_terms() -> Value:
    """Add the first 200 terms exactly; the rest is far below the thirtieth digit."""
    return sp.Float(sp.Rational(sum(Fraction(n * (n + 1), 2**n) for n in range(1, 201))), DIGITS)


@solves("intermediate_algebra-5-001")
def solve_along_the_orbit() -> Value:
    """Apply the equation at every point of the orbit of 5 and solve the linear system."""
    orbit = [sp.Integer(5)]
    while (image := (2 * orbit[-1] - 7) / (orbit[-1] + 1)) != 5:
        orbit.append(image)
    values = sp.symbols(f"f:{len(orbit)}")
    equations = [values[i - 1] + 2 * values[i] - 9 * orbit[i - 1] for i in range(len(orbit))]
    return rational(sp.solve(equations, values)[values[0]])


@solves("intermediate_algebra-5-002")
def exhibit_the_three_numbers() -> Value:
    """Check that 2, 1 + sqrt 2 and 1 - sqrt 2 meet the conditions, which fix the set, and substitute them."""
    a, b, c = numbers = (sp.Integer(2), 1 + sp.sqrt(2), 1 - sp.sqrt(2))
    assert [sp.expand(sum(n**k for n in numbers)) for k in (1, 2, 3)] == [4, 10, 22]
    return rational(sp.expand(a**4 * (b + c) + b**4 * (c + a) + c**4 * (a + b)))


# Precalculus


@solves("precalculus-1-001")
def divide_coordinates_of_a_cube_root_of_unity() -> Value:
    """Divide the imaginary by the real part of the cube root of unity in the second quadrant."""
    root = only([z for z in sp.solve(X**2 + X + 1, X) if sp.im(z) > 0])
    return sp.im(root) / sp.re(root)


@solves("precalculus-1-002")
def combine_columns() -> Value:
    """Combine the columns of the left matrix as each column of the right one says."""
    first, second = sp.Matrix([2, 3]), sp.Matrix([-1, 4])
    return sp.ImmutableMatrix.hstack(1 * first - 2 * second, 5 * first + 0 * second)


@solves("precalculus-2-001")
def expand_the_complex_exponential() -> Value:
    """Take the real and imaginary parts of the complex number with that modulus and argument."""
    number = sp.expand_complex(6 * sp.exp(5 * sp.pi * sp.I / 6))
    return sp.Tuple(sp.re(number), sp.im(number))


@solves("precalculus-2-002")
def sum_over_permutations() -> Value:
    """Add the signed products over all permutations."""
    rows = ((2, 0, -1), (3, 1, 4), (-2, 5, 6))
    total = 0
    for order in itertools.permutations(range(3)):
        inversions = sum(a > b for a, b in itertools.combinations(order, 2))
        total += (-1) ** inversions * math.prod(row[i] for row, i in zip(rows, order, strict=True))
    return total


@solves("precalculus-3-001")
def walk_along_the_normal() -> Value:
    """Walk from the point along the normal until the plane is met, and measure the walk."""
    t = sp.Symbol("t")
    foot = sp.Point3D(3 + 2 * t, -1 - t, 4 + 2 * t)
    step = only(sp.solve(2 * foot.x - foot.y + 2 * foot.z - 6, t))
    return rational(foot.subs(t, step).distance(sp.Point3D(3, -1, 4)))


@solves("precalculus-3-002")
def solve_for_sine_and_cosine() -> Value:
    """Solve for the sine and the cosine themselves; every solution must give the same value."""
    s, c = sp.symbols("s c", real=True)
    pairs = sp.solve([s + c - sp.Rational(1, 2), s**2 + c**2 - 1], [s, c])
    return only(list({rational(sine**3 + cosine**3) for sine, cosine in pairs}))


@solves("precalculus-4-001")
def add_the_angles_of_each_sine() -> Value:
    """Solve 3s - 4s^3 = 1 - 2s^2 for s = sin x numerically and add the one or two angles of each sine."""
    with mpmath.workdps(DIGITS + 20):
        one_angle_sine = mpmath.mpf(1)
        quotient = [4, 2, -1]
        assert sp.expand((X - 1) * sp.Poly(quotient, X).as_expr()) == 4 * X**3 - 2 * X**2 - 3 * X + 1
        angles = {mpmath.asin(one_angle_sine)}
        for sine in mpmath.polyroots(quotient):
            angles |= {mpmath.asin(sine) % (2 * mpmath.pi), mpmath.pi - mpmath.asin(sine)}
        assert all(abs(mpmath.sin(3 * x) - mpmath.cos(2 * x)) < mpmath.mpf(10) ** -DIGITS for x in angles)
        return thirty_digits(mpmath.fsum(angles))


@solves("precalculus-4-002")
def follow_the_basis_vectors() -> Value:
    """Follow 1 and i through the reflection and the projection as complex numbers."""
    mirror, target = 1 + 3 * sp.I, 2 + sp.I

    def image(z: sp.Expr) -> list[sp.Expr]:
        reflected = sp.simplify(mirror / sp.conjugate(mirror) * sp.conjugate(z))
        projected = sp.simplify(sp.re(sp.expand(reflected * sp.conjugate(target))) * target / 5)
        return [sp.re(projected), sp.im(projected)]

    return sp.ImmutableMatrix([image(sp.Integer(1)), image(sp.I)]).T


@solves("precalculus-5-001")
def try_all_pairs_of_roots_of_unity() -> Value:
    """Try all 144 pairs in floating point; no other pair comes within 0.01 of the circle."""
    roots = [cmath.exp(2j * cmath.pi * k / 12) for k in range(12)]
    gaps = [abs(abs(1 + a + b) - 1) for a, b in itertools.product(roots, repeat=2)]
    assert all(gap < 1e-9 or gap > 0.01 for gap in gaps)
    return sum(gap < 1e-9 for gap in gaps)


@solves("precalculus-5-002")
def integrate_the_smaller_radius() -> Value:
    """Integrate half the square of the smaller radius over the first quadrant."""
    with mpmath.workdps(DIGITS + 10):

        def half_square(theta: mpmath.mpf) -> mpmath.mpf:
            return min(4 * mpmath.cos(theta), 4 * mpmath.sqrt(3) * mpmath.sin(theta)) ** 2 / 2

        return thirty_digits(mpmath.quad(half_square, [0, mpmath.pi / 6, mpmath.pi / 2]))


# Reading the files


def read_problems() -> list[dict[str, Any]]:
    """Read every line of the seven files, in the order of the domains."""
    files = [PROBLEMS / f"{domain}.jsonl" for domain in DOMAINS]
    return [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]


def rebuilt(expression: sp.Basic) -> sp.Basic:
    """Evaluate what math-verify left unevaluated, with i the imaginary unit and x the common symbol."""
    if isinstance(expression, sp.Symbol):
        return {"i": sp.I, "x": X}[expression.name]
    if not expression.args:
        return expression
    return expression.func(*map(rebuilt, expression.args))


def read_latex(answer: str) -> sp.Basic | sp.ImmutableMatrix:
    """Let math-verify read an answer that is neither a plain number nor a word."""
    parsed = parse(f"${answer}$", parsing_timeout=None)[0]
    if isinstance(parsed, sp.MatrixBase):
        return sp.ImmutableMatrix(parsed.applyfunc(rebuilt))
    if isinstance(parsed, sp.FiniteSet):
        return sp.FiniteSet(*map(rebuilt, parsed.args))
    value = rebuilt(parsed)
    return sp.expand(value) if isinstance(value, sp.Expr) else value


def read_answer(answer: str, kind: type) -> Value:
    """Parse an answer by itself: numbers as fractions, words as text, all else through math-verify.

    A pair such as (1,2) reads as an open interval, and decimals have a chosen length, so the kind of the
    computed value decides there.
    """
    if word := re.fullmatch(r"\\text\{(\w+)\}", answer):
        return word[1]
    value: Value
    if number := re.fullmatch(r"(-?)(?:(\d+)|\\frac\{(\d+)\}\{(\d+)\})", answer):
        sign, whole, top, bottom = number.groups()
        value = Fraction(int(sign + (whole or top)), int(bottom or 1))
    else:
        value = read_latex(answer)
    if issubclass(kind, sp.Tuple) and isinstance(value, sp.Interval):
        return sp.Tuple(value.start, value.end)
    return sp.N(value, DIGITS) if issubclass(kind, sp.Float) else value


ROWS = read_problems()


# The tests


def test_seven_files_hold_the_set() -> None:
    """The problem folder has one JSONL file for each domain and no other."""
    expected = sorted(f"{domain}.jsonl" for domain in DOMAINS)
    assert expected == sorted(file.name for file in PROBLEMS.glob("*.jsonl"))


def test_every_cell_has_two_problems() -> None:
    """Each pair of domain and level has exactly two problems."""
    expected = Counter(dict.fromkeys(itertools.product(DOMAINS, LEVELS), 2))
    assert expected == Counter((row["domain"], row["level"]) for row in ROWS)


@pytest.mark.parametrize("domain", DOMAINS)
def test_ids_number_the_cells_in_order(domain: str) -> None:
    """A file's lines carry domain, level and a number in the cell as their id, sorted by level and number."""
    lines = (PROBLEMS / f"{domain}.jsonl").read_text(encoding="utf-8").splitlines()
    expected = [(f"{domain}-{level}-{n:03d}", domain, level) for level in LEVELS for n in (1, 2)]
    assert expected == [(row["id"], row["domain"], row["level"]) for row in map(json.loads, lines)]


def test_ids_are_unique() -> None:
    """No two problems of the set share an id."""
    ids = [row["id"] for row in ROWS]
    assert len(set(ids)) == len(ids)


def test_statements_are_distinct() -> None:
    """No two problems have the same statement, even up to case and spaces."""
    statements = ["".join(row["problem"].lower().split()) for row in ROWS]
    assert len(set(statements)) == len(statements)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_row_has_the_keys_in_order(row: dict[str, Any]) -> None:
    """A line has the five keys in the documented order, and its statement and answer are trimmed text."""
    assert list(row) == KEYS
    for key in ("problem", "answer"):
        assert row[key].strip() == row[key]
        assert row[key] != ""


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_latex_is_balanced(row: dict[str, Any]) -> None:
    """Dollar signs, displays, braces and environments of a statement close; an answer has no dollar signs."""
    text = row["problem"].replace(r"\$", "")
    assert text.count("$") % 2 == 0
    assert text.count(r"\[") == text.count(r"\]")
    assert re.findall(r"\\begin\{(\w+\*?)\}", text) == re.findall(r"\\end\{(\w+\*?)\}", text)
    assert text.count("{") == text.count("}")
    assert "$" not in row["answer"]


def test_every_problem_has_a_computation() -> None:
    """The table of computations has exactly the ids of the set."""
    assert sorted(row["id"] for row in ROWS) == sorted(SOLVERS)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["id"])
def test_answer_agrees_with_the_computation(row: dict[str, Any]) -> None:
    """The answer in the file is the value that an independent computation gives."""
    expected = SOLVERS[row["id"]]()
    assert expected == read_answer(row["answer"], type(expected))


@pytest.mark.parametrize(
    ("computed", "answer"),
    [
        (3, r"4"),
        (Fraction(1, 2), r"-\frac{1}{2}"),
        ("Sunday", r"\text{Monday}"),
        (2 * sp.sqrt(3), r"3\sqrt{2}"),
        (sp.Float("14.1371669411540695730818952248", DIGITS), r"\frac{7\pi}{2}"),
        (sp.Interval.open(0, 1), r"[0,1)"),
        (sp.Tuple(1, 2), r"(2,1)"),
        (sp.FiniteSet(4, 11), r"4,11,48"),
        (14 + 5 * sp.I, r"14-5i"),
        (X**2 - 1, r"x^2+1"),
        (sp.ImmutableMatrix([[1, 2], [3, 4]]), r"\begin{pmatrix} 1 & 3 \\ 2 & 4 \end{pmatrix}"),
    ],
    ids=str,
)
def test_comparison_tells_a_near_miss(computed: Value, answer: str) -> None:
    """An answer of the right form and the wrong value does not pass for the computed one."""
    assert computed != read_answer(answer, type(computed))
