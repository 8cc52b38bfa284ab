"""Every way by which some library, or the interpreter itself, opens a file that it is told of."""

from hostile.program import EXCEPTION, EXIT_STATUS, FINISHED, FORBIDDEN, REFUSED, SIGNAL, Hostile

_WAYS = r"""
= tokenize
import tokenize
print(tokenize.open(path).read())
= codecs
import codecs
print(codecs.open(path, encoding='latin-1').read())
= pathlib
import pathlib
print(pathlib.Path(path).read_bytes())
= gzip
import gzip
print(gzip.open(path).read())
= bz2
import bz2
print(bz2.open(path).read())
= lzma
import lzma
print(lzma.open(path).read())
= zipfile
import zipfile
print(zipfile.ZipFile(path).namelist())
= tarfile
import tarfile
print(tarfile.open(path).getnames())
= shelve
import dbm.dumb
print(dict(dbm.dumb.open(path, 'r')))
= dbm
import dbm
print(dbm.open(path, 'r'))
= pickle
import pickle
print(pickle.load(open(path, 'rb')))
= csv
import csv
print(*csv.reader(open(path)))
= json
import json
print(json.load(open(path)))
= configparser
import configparser
parser = configparser.ConfigParser()
print(parser.read(path), parser.sections())
= plistlib
import plistlib
print(plistlib.load(open(path, 'rb')))
= netrc
import netrc
print(netrc.netrc(path))
= mailbox
import mailbox
print(*mailbox.mbox(path, create=False))
= mimetypes
import mimetypes
print(mimetypes.read_mime_types(path))
= gettext
import gettext
print(gettext.GNUTranslations(open(path, 'rb'))._catalog)
= xml
import xml.etree.ElementTree as tree
print(tree.parse(path))
= an entity
import xml.sax, xml.sax.handler, io
class Handler(xml.sax.handler.ContentHandler):
    def characters(self, content): print(content)
parser = xml.sax.make_parser()
parser.setFeature(xml.sax.handler.feature_external_ges, True)
parser.setContentHandler(Handler())
parser.parse(io.StringIO(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{path}">]><x>&e;</x>'))
= urllib
import urllib.request
print(urllib.request.urlopen(f'file://{path}').read())
= sqlite attach
import sqlite3
connection = sqlite3.connect(':memory:')
connection.execute('attach ? as other', (f'file:{path}?mode=ro&immutable=1',))
print(*connection.execute('select * from other.sqlite_master'))
= sqlite by uri
import sqlite3
print(*sqlite3.connect(f'file:{path}?immutable=1&mode=ro', uri=True).execute('select * from sqlite_master'))
= sqlite extension
import sqlite3
connection = sqlite3.connect(':memory:')
connection.enable_load_extension(True)
connection.load_extension(path)
= numpy.load
import numpy
print(numpy.load(path, allow_pickle=True))
= numpy.load mapped
import numpy
print(numpy.load(path, mmap_mode='r'))
= numpy.genfromtxt
import numpy
print(numpy.genfromtxt(path, dtype=str, delimiter='\n'))
= numpy.memmap in C
import numpy
print(bytes(numpy.memmap(path, mode='c')))
= numpy.DataSource
import numpy.lib.npyio
print(numpy.lib.npyio.DataSource(None).open(path).read())
= pandas
import pandas
print(pandas.read_csv(path, header=None, sep='\0', engine='python'))
= mmap
import mmap
print(mmap.mmap(os.open(path, os.O_RDONLY), 0, access=mmap.ACCESS_READ)[:])
= array
import array
values = array.array('B')
values.fromfile(open(path, 'rb'), 20)
print(bytes(values))
= io.FileIO
import io
print(io.FileIO(path).readall())
= _io.open_code
import io
print(io.open_code(path).read())
= an opener
print(open(path, opener=lambda path, flags: libc.open(os.fsencode(path), flags)).read())
= os.open relative
root = libc.open(b'/', os.O_PATH)
print(os.read(os.open(path[1:], 0, dir_fd=root), 99))
= SourceFileLoader
import importlib.machinery as m
print(m.SourceFileLoader('x', path).get_data(path))
= SourcelessFileLoader
import importlib.machinery as m
print(m.SourcelessFileLoader('x', path).get_code('x'))
= ExtensionFileLoader
import importlib.machinery as m, importlib.util as u
spec = u.spec_from_file_location('x', path, loader=m.ExtensionFileLoader('x', path))
u.module_from_spec(spec)
= FileFinder
import importlib.machinery as m
finder = m.FileFinder(os.path.dirname(path), (m.SourceFileLoader, ['', '.py']))
print(finder.find_spec(os.path.basename(path)).loader.get_source(os.path.basename(path)))
= pkgutil
import pkgutil
print(*pkgutil.iter_modules([os.path.dirname(path)]))
= zipimport
import zipimport
print(zipimport.zipimporter(path))
= pyclbr
import pyclbr
print(pyclbr.readmodule(os.path.basename(path), [os.path.dirname(path)]))
= modulefinder
import modulefinder
modulefinder.ModuleFinder().run_script(path)
= compileall
import py_compile
print(py_compile.compile(path, doraise=True))
= runpy
import runpy
print(runpy.run_path(path))
= site
import site
site.addsitedir(os.path.dirname(path))
print(sys.path)
= inspect
import inspect, types
module = types.ModuleType('x')
module.__file__ = path
print(inspect.getsource(module))
= linecache
import linecache
print(linecache.updatecache(path))
= traceback
import traceback
traceback.print_list([traceback.FrameSummary(path, 1, 'x')])
= doctest
import doctest
print(doctest.testfile(path, module_relative=False))
= trace
import trace
print(trace.CoverageResults(infile=path))
= pstats
import pstats
pstats.Stats(path).print_stats()
= cProfile
import cProfile
cProfile.run('1', path)
= pdb
import pdb
pdb.Pdb().do_alias
pdb.find_function('x', path)
= filecmp
import filecmp
print(filecmp.cmp(path, os.__file__, shallow=False))
= hashlib
import hashlib
print(hashlib.file_digest(open(path, 'rb'), 'sha256').hexdigest())
= shutil
import shutil
shutil.copyfileobj(open(path), sys.stdout)
= sendfile
print(os.sendfile(1, libc.open(path.encode(), 0), 0, 99))
= copy_file_range
read, write = os.pipe()
print(os.copy_file_range(libc.open(path.encode(), 0), write, 99))
= ssl
import ssl
ssl.create_default_context(cafile=path)
= readline
import readline
readline.read_history_file(path)
print(readline.get_history_item(1))
= the time zone
os.environ['TZ'] = ':' + path
time.tzset()
print(time.tzname)
= zoneinfo
import zoneinfo
zoneinfo.reset_tzpath(['/'])
print(zoneinfo.ZoneInfo(path[1:]))
= the locale
import locale
os.environ['LOCPATH'] = os.path.dirname(path)
libc.setlocale(6, os.path.basename(path).encode())
= message catalogues
libc.catopen.restype = ctypes.c_void_p
os.environ['NLSPATH'] = path
print(libc.catopen(b'x', 1) in (None, 2**64 - 1))
= iconv
os.environ['GCONV_PATH'] = os.path.dirname(path)
libc.iconv_open.restype = ctypes.c_void_p
libc.iconv_open(b'secret', b'UTF-8')
= dlopen by C
libc.dlopen.restype = ctypes.c_void_p
print(libc.dlopen(path.encode(), 2))
libc.dlerror.restype = ctypes.c_char_p
print(len(libc.dlerror() or b''))
= dlmopen
libc.dlmopen.restype = ctypes.c_void_p
libc.dlmopen(ctypes.c_long(-1), path.encode(), 2)
= fopen
libc.fopen.restype = ctypes.c_void_p
print(libc.fopen(path.encode(), b're') is None)
= freopen
libc.freopen.restype = ctypes.c_void_p
stdin = ctypes.c_void_p.in_dll(libc, 'stdin')
libc.freopen(path.encode(), b'r', stdin)
print(os.read(0, 99))
= glob in C
class G(ctypes.Structure):
    _fields_ = [('n', ctypes.c_size_t), ('rest', ctypes.c_char * 200)]
found = G()
libc.glob(os.path.dirname(path).encode() + b'/*', 0, None, ctypes.byref(found))
print(found.n)
= scandir in C
libc.opendir.restype = ctypes.c_void_p
print(libc.opendir(os.path.dirname(path).encode()) is None)
= wordexp
words = (ctypes.c_long * 4)()
print(libc.wordexp(b'$(cat ' + path.encode() + b')', words, 0) != 0)
= ld.so
os.execv('/lib64/ld-linux-x86-64.so.2', ['ld', path])
= argument of the interpreter
os.execv(sys.executable, ['python', path])
= a thread
threading.Thread(target=lambda: print(open(path).read())).start()
= a destructor
class Last:
    def __del__(self): print(open(path).read())
last = Last()
= an exit handler
import atexit
atexit.register(lambda: print(open(path).read()))
= a coding cookie
exec(compile(b'# coding: undefined\n' + b'x', path, 'exec'))
= the reporter's open
frame = sys._getframe()
while frame.f_back: frame = frame.f_back
print(frame.f_builtins['open'](path).read())
= a fresh audit
print(os.read(ctypes.pythonapi.Py_GetVersion and libc.openat(-100, path.encode(), 0), 99))
"""
"""A line that begins with "= " names the way; `path` is what it is to read."""

_PROGRAM = """
way = {way!r}
for path in (
    SECRET_FILE, SECRET_FILE + ".py", HIDDEN_FILE, HIDDEN_FOLDER + "/METADATA", PROBLEMS, FAMILIES + "/catalog.py"
):
    try:
        exec(way, globals() | {{"path": path}})
    except Exception as error:
        print(type(error).__name__)
"""

PROGRAMS = [
    Hostile(
        f"reading by {name}",
        _PROGRAM.format(way=way),
        (FINISHED, EXCEPTION, EXIT_STATUS, FORBIDDEN, REFUSED, SIGNAL),
        ("read?", "write?", "process?", "network?"),
    )
    for name, way in (block.split("\n", 1) for block in _WAYS.strip().removeprefix("= ").split("\n= "))
]
"""Of each nothing comes but an error; what a file holds would be seen, as the world's secrets are looked for."""
