"""Tools against the host's, natively: the programs are Linux programs too. Same output, same status, same files afterwards; messages may differ."""
import fcntl
import os
import pty
import random
import shlex
import shutil
import stat
import struct
import subprocess
import termios
import time

import pytest

from conftest import BUILD

BIN = os.path.join(BUILD, "bin")
ENVIRONMENT = {"PATH": "/bin:/usr/bin", "LC_ALL": "C", "TZ": "UTC0", "HOME": "/"}
WORDS = "one two three four five six seven eight nine ten eleven twelve".split()


def fixture(folder):
    """The files that the commands below work on."""
    texts = {
        "words": "\n".join(WORDS) + "\n", "numbers": "".join(f"{i}\n" for i in range(1, 31)), "empty": "", "newline": "\n",
        "unended": "a\nb\nc", "blank": "a\n\nb\n\n\nc\n \n", "fields": "a:b:c\nd:e:f\n:x:\nno delimiter\nlast:one",
        "columns": "alpha beta gamma\n  two  words here\none\n\ttab\tbed\n", "left": "a\nb\nc\nd\nf\n", "right": "b\nd\ne\nf\ng\n",
        "double": "a\na\nb\nc\nc\nc\na\n", "marked": "1 x\n2 x\n3 y\n4 Y\n4 Y\n", "items": "one two  three\n'four five' \"six\" sev\\ en\n\n eight\n",
        "sections": "\\:\\:\\:\nhead\n\\:\\:\nbody\n\nbody\n\\:\nfoot\n", "lines": "a b\n  c d\n\ne\n", "code.c": "int main(void)\n{\n\treturn 0;\n}\n",
        "spaced": "One  two\n three \nfour\nsix\n", "spaces": "one two\nthree\nfour\t\nfive\n", "script": "2d\ns/e/E/\n", "script2": "#n\n# lines\ns/one/a\\\nb/\n/t/{\n  a\\\n  kept\\\n  two\n  p\n}\n", "tree/a": "x\n", "tree/b.c": "y\n" * 3000, "tree/sub/c.c": "z\n", "tree/sub/deep/d": "", "tree/.hidden": "h\n",
        "other/a": "x\n", "other/b.c": "y\nn\n", "other/sub/c.c": "q\n", "other/sub/extra": "e\n", "long": "word " * 60 + "\n" + "\t\\\a\x01é\n",
    }
    for name, text in texts.items():
        path = os.path.join(folder, name)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "wb") as f:
            f.write(text.encode())
        os.utime(path, (1000000000, 1000000000))
    with open(os.path.join(folder, "binary"), "wb") as f:
        f.write(bytes(range(256)) + bytes(64) + b"end")
    with open(os.path.join(folder, "binary2"), "wb") as f:
        f.write(bytes(range(100)) + b"!!" + bytes(range(102, 256)) + bytes(64) + b"end")
    os.makedirs(os.path.join(folder, "tree/void"))
    os.symlink("a", os.path.join(folder, "tree/link"))
    os.chmod(os.path.join(folder, "tree/a"), 0o751)
    os.utime(os.path.join(folder, "tree/sub/c.c"), (1100000000, 1100000000))


def snapshot(folder):
    """Names, modes and contents of everything in a folder."""
    found = {}
    for path, dirs, files in os.walk(folder):
        for name in dirs + files:
            full = os.path.join(path, name)
            content = open(full, "rb").read() if name in files and not os.path.islink(full) else b""
            found[os.path.relpath(full, folder)] = (stat.S_IMODE(os.lstat(full).st_mode), content)
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = str(tmp_path_factory.mktemp("tools") / "files")
    fixture(path)
    PRISTINE.update(snapshot(path))
    return path


PRISTINE = {}


def run(program, arguments, data, folder):
    """Run a program among the files; what it printed, and the files afterwards if they changed. Then they are as before."""
    result = subprocess.run([program, *arguments], input=data.encode(), capture_output=True, cwd=folder, env=ENVIRONMENT, timeout=20)
    after = snapshot(folder)
    if after == PRISTINE:
        return result, None
    shutil.rmtree(folder)
    fixture(folder)
    return result, after


def compare(command, data, folder, normal=lambda out: out):
    name, *arguments = shlex.split(command)
    theirs, theirs_files = run(shutil.which(name), arguments, data, folder)
    ours, ours_files = run(os.path.join(BIN, name), arguments, data, folder)
    assert normal(ours.stdout) == normal(theirs.stdout), ours.stderr
    assert ours.returncode == theirs.returncode or (theirs.returncode and ours.stderr.startswith(b"usage:")), ours.stderr
    assert bool(ours.stderr) == bool(theirs.stderr), ours.stderr + theirs.stderr
    assert ours_files == theirs_files


def cases(text):
    """Commands, one a line."""
    return [line for line in text.strip().split("\n") if line and not line.startswith("# ")]


SED = r"""
sed -n 2p words
sed 3d words
sed 2,4d words
sed '/t/d' words
sed '$d' words unended
sed 2q words
sed '2q 5' words
sed 's/e/E/2' words
sed 's/e/E/2g' words
sed 's/\(.\)\(.\)/\2\1/' words
sed -n '$=' words numbers
sed '$!N;s/\n/ /' words
sed G words
sed -n '1!G;h;$p' words
sed -e '2i\' -e 'x' words
sed -e '2i\' -e 'two lines\' -e '  more' words
sed '2a hello' words
sed '2a\  kept blanks' words
sed '$a end' unended
sed 'y/abc/xyz/' words
sed 'y/e\/\n/E|x/' words
sed -n l long
sed '/two/,/four/s/^/> /' words
sed '1~3d' words
sed '2,+2d' words
sed '0,/o/d' words
sed '1,/o/d' words
sed ':a;N;$!ba;s/\n/,/g' words
sed -E 's/(o|e)+/<&>/g' words
sed 's/x*/-/g' words
sed 's/e*/-/g' words
sed 's/b*$/./g' words
sed '/three/{s/h/H/;p;d}' words
sed '$!{h;d};x;G' words
sed -e 1d -e 2d words
sed '2{n;d}' words
sed 'N;P;D' words
sed '3c changed' words
sed '2,4c changed' words
sed '$!c changed' words
sed '2,4!c changed' words
sed '2r left' words
sed '2r missing' words
sed 's/o/&&/w out' words
sed -n '/e/w out' words
sed '5Q7' words
sed '/o/!d' words
sed 's/.*/"&"/' words
sed 's,/,\,,g' words
sed 's|a\|b|X|' words
sed -n '/f/,/s/{=;p}' words
sed 'n;d' words
sed -s '$d' words left
sed 's/a\|e/X/g' words
sed '/e$/b;s/^/#/' words
sed '/e$/{b};s/^/#/' words
sed '/e$/bend;s/^/#/;:end' words
sed -n 'x;p;x' words
sed '2!s/e/E/' words
sed 's/[aeiou]//gi' words
sed 's/\(e\)\1/<\1>/' words
sed -E 's/^(.*)(.)\2/\1=/' words
sed 's/$/\n/' words
sed 's/E/x/I' words
sed -n '/one/,3p' words
sed 2,1p words
sed '5,/one/d' words
sed 's/t/\t/g' words
sed ':x;s/^.\{1,7\}$/ &/;tx' words
sed 's/.\{3\}/&-/' words
sed 'T;s/x/y/' words
sed 's/n/N/;T;s/$/!/' words
sed '/^$/d' blank
sed '/^[[:space:]]*$/d' blank
sed -n '\,t,p' words
sed '1d;n;n;s/./x/' words
sed '$!N;$!D' words
sed '1!G;$!h;$!d' words
sed -n '$!{N;P}' words
sed '$!N;y/\n/ /' words
sed 's/[/]/x/;s/[^/]$/[&]/' words
sed 's/[]x]/./;s/[^]x]/,/' words
sed 's/e*$//' words
sed '1,3{/two/d;s/$/./}' words
sed '/two/I,+1d' words
sed -i 's/o/0/' words left
sed -i 2q words left
sed -i '$d' unended
sed -n -i p words
sed -f script words
sed -f script -e '$d' words
sed p unended left
sed -n '$p' unended left
sed 'a x' unended
sed 'i x' unended
sed N unended
sed '$!N;P;D' unended
sed = words
sed -n '/t/=' words
sed '#comment' words
sed '1d # comment' words
sed '1!{2!{3!d}}' words
sed '/one/{n;/two/{n;s/^/!/}}' words
sed 's/\./x/g;s/*/x/' words
sed 's/\*/x/;s/a\{2,\}/x/' words
sed -E 's/(a|b)*c{1,2}|d?e+/<&>/g' words
sed -E 's/()x?/-/' words
sed 's/\(^a\)*/x/' words
sed -E 's/^|$/"/g' words
sed '/x/,$d' words
sed '2,$!d' words
sed '$s/$/!/' words empty
sed p empty
sed -f script2 words
sed '/a/,/b/d;/c/,$s/x/y/' left
sed -n '2{p;q}' words
sed 'H;$!d;x;s/\n/,/g' words
sed '/five/{x;p;x}' words
sed '//s/t/T/;/t/s//X/' words
sed '/t/s//X/g' words
sed w words2 words
sed 's/o/0/pw out' words
sed k words
sed '{p' words
sed 'p}' words
sed 's/a' words
sed 's/a/b/x' words
sed ': ' words
sed 'y/ab/c/' words
sed p missing
sed p missing words
sed '3,1{p};2,3{=}' words
sed 4,2d words
sed '2~0p;0~4d' words
"""

TEXT = r"""
cut -f2 -d: fields
cut -f1,3 -d: fields
cut -f2- -d: fields
cut -f-2 -d: -s fields
cut -f3,1-2 -d: fields
cut -d ' ' -f 2 columns
cut -f2 columns
cut -c1 words
cut -c2-3 words unended
cut -c-2,4- words
cut -b 1,3 words
cut -c5 empty newline
cut -f0 words
cut -f words
cut words
cut -f1 missing words
cut -c 3-2 words
cut -c 1,,2 words
uniq double
uniq -c double
uniq -d double
uniq -u double
uniq -du double
uniq -cd double
uniq -f1 marked
uniq -f1 -i marked
uniq -s2 -c marked
uniq -w1 marked
uniq double out
uniq -c unended
uniq empty
uniq missing
comm left right
comm -1 left right
comm -12 left right
comm -23 left right
comm -123 left right
comm -3 left empty
comm unended left
comm left missing
comm - right
paste left right
paste -d, left right words
paste -d '\n' left right
paste -d ':-' left right words empty
paste -s left right
paste -s -d '+\n' numbers
paste -s -d, left empty
paste -d '\0' left right
paste -d '' left right
paste - - words
paste -
paste -s
paste left unended
paste missing left
paste -d '\\' left right
nl blank
nl -ba blank
nl -bn blank
nl -b 'p^b' blank
nl -w3 -s ': ' words
nl -nln words
nl -nrz -w4 words
nl -v10 -i5 words
nl -ba -l2 blank
nl sections
nl -ha -fa sections
nl -p -ha -fa sections
nl words left
nl -bz words
nl missing words
nl -v -3 -i -2 words
cmp words words
cmp left right
cmp -s left right
cmp left unended
cmp empty left
cmp left empty
cmp -s empty left
cmp binary binary2
cmp unended words
cmp words numbers
cmp missing words
cmp - words
od words
od -c words
od -An -c binary
od -t x1 binary
od -A x -t x1 binary
od -A d -t u1 binary
od -A n -t d1 binary
od -t o1 words
od -t x2 binary
od -t x4 binary
od -t d2 binary
od -t d4 binary
od -t u4 binary
od -t u2 binary
od -t o4 binary
od -t x8 binary
od -t d8 binary
od -t u8 binary
od -t o8 binary
od -t a binary
od -t x1 -t c words
od -t x2c binary
od -t x4x1a binary
od -j 3 -N 5 -c words
od -j 0x10 -N 020 -t x1 binary
od -v -t x1 binary
od -b words
od -x words
od -d words
od -s binary
od -o words
od words unended empty left
od empty
od missing
od -j 5000 words
od -t x3 words
od -t q words
"""

SMALL = r"""
basename /usr/bin/sort
basename include/stdio.h .h
basename /
basename //
basename ''
basename a/
basename a//b//
basename .h .h
basename -- -x
basename
basename a b c
dirname /usr/bin/
dirname /usr
dirname usr
dirname a/b//c
dirname /
dirname //a
dirname ''
dirname a/b c/d e
dirname -- -a/b
dirname
expr 1 + 2
expr 2 - 5
expr 6 \* 7
expr 7 / 2
expr -7 / 2
expr -7 % 3
expr 1 / 0
expr 1 % 0
expr a + 1
expr 1 = 1
expr 1 = 2
expr 01 = 1
expr a = a
expr a \< b
expr 10 \< 9
expr 10 \< 9a
expr 3 \>= 3
expr 3 != 3
expr 3 == 3
expr b \<= a
expr 1 \| 2
expr 0 \| 2
expr '' \| 0
expr 1 \& 2
expr 1 \& 0
expr '' \& 1
expr 0 \| 1 / 0
expr 1 \| 1 / 0
expr 0 \& 1 / 0
expr abc : 'a\(.\)c'
expr abc : 'b'
expr abc : '.*'
expr abc : '\(x\)'
expr abc : 'ab*'
expr aab : 'a*'
expr a+b : '.*+'
expr length hello
expr substr hello 2 3
expr substr hello 4 9
expr substr hello 0 3
expr substr hello 9 3
expr index hello lo
expr index hello z
expr match hello 'h\(.*\)o'
expr \( 1 + 2 \) \* 3
expr 1 + 2 \* 3
expr 2 \* 3 + 4 \* 5
expr 10 - 3 - 2
expr 9223372036854775807 - 1
expr -- 3 + 4
expr + length
expr length + x
expr 0
expr ''
expr -0
expr 00
expr x
expr
expr 1 +
expr 1 2
expr \( 1
expr \( 1 + 2
expr 1 + 2 = 3 \& 4
expr 5 : 5
expr 12345 : '.*' + 1
expr a/b : '.*/\(.*\)'
printf hello
printf 'a\tb\n'
printf '%s\n' a b c
printf '%s %s\n' a b c
printf '%d %i\n' 42 -7
printf '%5d|%-5d|%05d|%+d|% d\n' 1 2 3 4 5
printf '%x %X %o %u\n' 255 255 8 7
printf '%#x %#o\n' 255 8
printf '%x %u\n' -1 -2
printf '%d %d %d\n' 0x1f 017 +5
printf '%d\n' "'A" '"b'
printf '%c%c%c\n' abc d ''
printf '%s|%10s|%-10s|%.2s|\n' abc abc abc abc
printf '%*d|%-*d|%.*s\n' 5 1 5 2 2 abc
printf '%*s|\n' -6 ab
printf '%.3d %8.3d\n' 5 5
printf '%b\n' 'a\tb\\n\0101\101'
printf '%b|' 'stop\chere' more
printf 'x\cy'
printf '\101\x42\60\n'
printf '%%|%5s%%\n' a
printf '%d\n'
printf '%s|\n'
printf '%d\n' abc
printf '%d\n' 12abc
printf '%d\n' ''
printf '%d\n' 99999999999999999999
printf '%u\n' 18446744073709551615
printf '%d\n' -9223372036854775808
printf '%'
printf '%z\n' 1
printf
printf '\a\b\f\r\v\e\"\q\n'
printf '%s' '-x'
printf -- '-%s-' x
printf '%5c|%-5c|\n' a b
printf '\0\n'
which -a sh
which sed
which no_such_program sed
which /bin/sh /bin/none
tty
tty -s
du tree
du -a tree
du -s tree other
du -sc tree other
du -ak tree
du -d1 tree
du -d 0 -a tree
du -h tree
du -ah tree
du missing tree
du -s missing
nice echo x
nice -n 5 sh -c 'exit 3'
nice -n x echo
nice -n 5 no_such_program
nice -n 3 ./words
"""

FIND = r"""
find tree
find
find tree other -name a
find tree -name '*.c'
find tree -name '.*'
find tree -name '[a-b]*'
find tree -iname 'A'
find tree -type f
find tree -type d
find tree -type l
find tree -size +1
find tree -size 1
find tree -size -2
find tree -size +4k
find tree -size 6000c
find tree -size +3c -size -100c
find tree -size 0
find . -newer tree/a -type f
find tree -newer tree/b.c -name c.c
find tree -mtime +5000
find tree -mtime -2 -type d
find tree -mtime 0 -type l
find tree -perm 751
find tree -perm -111 -type f
find tree -perm /022 ! -type l
find tree -perm -0
find tree -user root -name a
find tree -user 0 -name a
find tree -group root -name a
find tree ! -user root
find tree -links 1 -name a
find tree -empty
find tree -prune
find tree -name sub -prune -o -print
find tree -name sub -prune -o -name '*.c' -print
find tree -maxdepth 1
find tree -maxdepth 0
find tree -mindepth 1 -maxdepth 1
find tree -mindepth 2
find tree -depth -name '*c*'
find tree ! -name '*.c'
find tree -not -name '*.c' -type f
find tree \( -name a -o -name d \) -type f
find tree -name a -o -name d
find tree -name a -a -type f -print
find tree -name a -print -o -name d
find tree -name a -print0
find tree -path '*sub*' -type f
find tree -name a -exec echo found {} \;
find tree -name '*.c' -exec echo x{}y {} \;
find tree -type f -name '*c' -exec false \; -print
find tree -type f -name a -exec true \; -print
find tree -name a -exec echo {} +
find tree -name a -exec false {} +
find tree -name d -delete
find tree -delete
find tree -name '*.c' -delete -print
find tree -type d -name void -exec rmdir {} \; -prune
find tree -xdev -name a
find missing
find missing tree -name a
find tree -name
find tree -bogus
find tree \( -name a
find tree -name a \)
find tree -exec echo
find tree -size x
find tree -newer missing
find tree -user no_such_user
find words words -type f
find tree/ -name tree
find tree/sub/ -type f
find tree -true -name a
"""

XARGS = r"""
xargs
xargs echo a
xargs -n1
xargs -n 2 echo x
xargs -I{} echo '<{}>'
xargs -I X echo X aXb X
xargs -0 echo
xargs -L 1 echo
xargs -L 2 echo
xargs -s 20 echo
xargs -n1 -t echo
xargs -n 1 false
xargs -n 1 sh -c 'exit 255'
xargs sh -c 'exit 3'
xargs no_such_program
xargs -r echo x
xargs sh -c 'kill -9 $$'
xargs cat words
"""
XARGS_INPUTS = ["one two  three\nfour\n\nfive", "", "'a b' \"c d\" e\\ f 'g'\"h\"\n", "\n\n", "  lead\ntrail  \n x", "a\0b c\0", "''\n"]

DIFF = r"""
diff words words
diff words left
diff -u words left
diff left right
diff -u left right
diff -U1 left right
diff -U 0 left right
diff left unended
diff -u left unended
diff unended left
diff -u empty left
diff left empty
diff empty empty
diff numbers words
diff -q left right
diff -q left left
diff -s left left
diff binary binary2
diff -q binary binary2
diff binary binary
diff tree other
diff -r tree other
diff -ru tree other
diff -rq tree other
diff -r -u -N tree other
diff -rN tree other
diff -rs tree other
diff tree/a other
diff tree other/a
diff missing left
diff left missing
diff -N left missing
diff - left
diff left
diff left -
diff blank unended
diff spaced spaces
diff -b spaced spaces
diff -w spaced spaces
diff -wi spaced spaces
diff -bi spaced spaces
diff -q -bi spaced spaces
diff -i spaced spaces
diff -uwi spaced spaces
diff -wq words words
"""


@pytest.mark.parametrize("command", cases(SED))
def test_sed(command, folder):
    compare(command, "standard\ninput\n", folder)


@pytest.mark.parametrize("command", cases(TEXT))
def test_text(command, folder):
    compare(command, "b\ninput\nx\n", folder)


@pytest.mark.parametrize("command", cases(SMALL))
def test_small(command, folder):
    def normal(out):
        return sorted(out.split(b"\n")) if command.startswith("du") else out
    compare(command, "", folder, normal)


@pytest.mark.parametrize("command", cases(FIND))
def test_find(command, folder):
    def normal(out):
        return sorted(out.replace(b"\0", b"\n").split(b"\n"))
    compare(command, "", folder, normal)


@pytest.mark.parametrize("data", XARGS_INPUTS)
@pytest.mark.parametrize("command", cases(XARGS))
def test_xargs(command, data, folder):
    if "\0" not in data or "-0" in command:
        compare(command, data, folder)


@pytest.mark.parametrize("command", cases(DIFF))
def test_diff(command, folder):
    compare(command, "a\nb\n", folder)


def longest_common(a, b):
    """The length of the longest common subsequence."""
    row = [0] * (len(b) + 1)
    for x in a:
        new = [0]
        for i, y in enumerate(b):
            new.append(row[i] + 1 if x == y else max(row[i + 1], new[i]))
        row = new
    return row[-1]


def patched(old, difference):
    """Apply unified output without context."""
    new, at = [], 0
    for line in difference:
        if line.startswith("@@"):
            start, _, count = line.split()[1][1:].partition(",")
            start = int(start) - (count != "0")
            new += old[at:start]
            at = start
        elif line.startswith("-"):
            assert old[at] == line[1:]
            at += 1
        elif line.startswith("+"):
            new.append(line[1:])
    return new + old[at:]


def test_diff_is_shortest_and_right(tmp_path):
    """Random files: applied to the one, the changes give the other, and there are as few as possible."""
    generator = random.Random(1)
    for _ in range(150):
        letters = "abcdefghij"[:generator.choice((2, 4, 10))]
        old, new = ([generator.choice(letters) for _ in range(generator.randint(0, 40))] for _ in range(2))
        (tmp_path / "old").write_text("".join(f"{x}\n" for x in old))
        (tmp_path / "new").write_text("".join(f"{x}\n" for x in new))
        result = subprocess.run([f"{BIN}/diff", "-U0", "old", "new"], capture_output=True, text=True, cwd=tmp_path)
        difference = result.stdout.splitlines()[2:]
        assert patched(old, difference) == new
        assert sum(line[0] in "-+" for line in difference) == len(old) + len(new) - 2 * longest_common(old, new)
        assert result.returncode == (old != new)


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
@pytest.mark.parametrize("command", ["chown 5 tree/a", "chown 5:6 tree/a words", "chown :7 words", "chown -R 5:6 tree", "chown root:root words",
                                     "chown no_such_user words", "chown 5 missing words", "chown", "chgrp 6 words", "chgrp -R 6 tree",
                                     "chgrp no_such_group words", "chgrp 6 missing", "chown -R daemon tree/sub words"])
def test_owners(command, tmp_path):
    name, *arguments = shlex.split(command)
    found = []
    for program in (shutil.which(name), os.path.join(BIN, name)):
        folder = str(tmp_path / str(len(found)))
        fixture(folder)
        os.unlink(os.path.join(folder, "tree/link"))
        result = subprocess.run([program, *arguments], capture_output=True, cwd=folder)
        owners = {os.path.relpath(os.path.join(path, f), folder): os.lstat(os.path.join(path, f))[4:6]
                  for path, dirs, files in os.walk(folder) for f in dirs + files}
        found.append((owners, result.returncode != 0, bool(result.stderr)))
    assert found[0] == found[1]


def test_time():
    result = subprocess.run([f"{BIN}/time", "-p", "sh", "-c", "sleep 0.2; exit 3"], capture_output=True, text=True)
    lines = dict(line.split() for line in result.stderr.splitlines())
    assert result.returncode == 3 and list(lines) == ["real", "user", "sys"] and 0.2 <= float(lines["real"]) < 5
    assert subprocess.run([f"{BIN}/time", "no_such_program"], capture_output=True).returncode == 127


def test_tty():
    pid, fd = pty.fork()
    if pid == 0:
        os.execv(f"{BIN}/tty", ["tty"])
    name = os.read(fd, 100)
    assert name.startswith(b"/dev/pts/") and os.waitpid(pid, 0)[1] == 0


class Pager:
    """more on a terminal of 10 rows and 40 columns."""

    def __init__(self, *arguments):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(1, termios.TIOCSWINSZ, struct.pack("HHHH", 10, 40, 0, 0))
            os.execv(f"{BIN}/more", ["more", *arguments])

    def press(self, keys):
        os.write(self.fd, keys.encode())

    def read(self, until):
        """What appears up to a text; at the end of all, what there was."""
        seen = b""
        end = time.monotonic() + 10
        while until.encode() not in seen and time.monotonic() < end:
            try:
                seen += os.read(self.fd, 1000)
            except OSError:
                break
        return seen.decode().replace("\r\n", "\n")

    def close(self):
        os.close(self.fd)
        return os.waitpid(self.pid, 0)[1]


def test_more(tmp_path):
    (tmp_path / "lines").write_text("".join(f"line {i}\n" for i in range(1, 101)))
    pager = Pager(str(tmp_path / "lines"))
    assert pager.read("--More--").split("\n")[:9] == [f"line {i}" for i in range(1, 10)]
    for key, first, last in ((" ", 10, 18), ("\r", 19, 19), ("b", 2, 10), ("/5\r", 5, 13), ("n", 15, 23)):
        pager.press(key)
        screen = pager.read("--More--")
        lines = [line.split("\033[K")[-1].split("\033[J")[-1] for line in screen.split("\n")]
        assert [line for line in lines if line.startswith("line ")] == [f"line {i}" for i in range(first, last + 1)], key
    pager.press("q")
    pager.read("nothing more")
    assert pager.close() == 0


def test_more_on_the_console(machine):
    """Inside Cowix, with keys from the keyboard while a pipe is standard input."""
    machine.wait_for("\n#")
    machine.type("seq 100 | more\n")
    machine.wait_for("\n24\n--More--")
    machine.type(" ")
    machine.wait_for("\n48\n--More--")
    machine.type("\n")
    machine.wait_for("\n49\n--More--")
    machine.type("b")
    machine.wait_for("2\n3\n4")
    machine.type("/70\n")
    machine.wait_for("70\n71\n")
    machine.type("q")
    machine.type("echo do'ne'\n")
    machine.wait_for("done")


def test_more_without_a_terminal(folder):
    result = subprocess.run([f"{BIN}/more", "words", "left"], capture_output=True, cwd=folder)
    assert result.stdout == b"".join(open(os.path.join(folder, f), "rb").read() for f in ("words", "left"))


def test_sizes():
    """The floppy is small: what these tools take together."""
    names = ("basename chgrp chown cmp comm cut diff dirname du expr find more nice nl od paste printf sed tee time tty uniq which xargs").split()
    assert sum(os.path.getsize(f"{BIN}/{name}") for name in names) < 200000
