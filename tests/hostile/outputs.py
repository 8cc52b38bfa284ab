"""Programs that print too much, or what is no text."""

from hostile.program import EXCEPTION, OUTPUT, ROOMY, Hostile

PROGRAMS = [
    Hostile("200 MB of output", "for _ in range(200): print('x' * (1 << 20))", OUTPUT, slow=True),
    Hostile("200 MB of errors", "for _ in range(200): sys.stderr.write('x' * (1 << 20))", OUTPUT, slow=True),
    Hostile("200 MB at once", "os.write(1, bytes(200 << 20))", OUTPUT, limits=ROOMY, slow=True),
    Hostile("a line without end", "while True: os.write(2, b'\\r')", OUTPUT, limits=ROOMY, slow=True),
    Hostile("a part, then the end", "print(1, flush=True)\nprint(2)\nos._exit(0)", stdout="1\n"),
    Hostile("no text", "os.write(1, bytes(range(256)))\nos.write(2, b'\\xed\\xa0\\x80\\0\\x1b[2J')"),
    Hostile("surrogates", "sys.stderr.write('\\udfff')\nprint('\\ud800')", EXCEPTION),
    Hostile("a great exit", "sys.exit('x' * (10 << 20))", OUTPUT, slow=True),
]  # fmt: skip
