/*
 * A small Lisp: reader, environments, closures, tail calls, a copying garbage
 * collector, errors by longjmp. Its programs sort, compute primes and
 * factorials, and solve the queens problem. The heap is too small to hold
 * everything at once.
 */
#include <ctype.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include "say.h"

enum kind { NUMBER, SYMBOL, PAIR, BUILTIN, CLOSURE, MOVED };
enum { HEAP = 60000, ROOTS = 20000, SYMBOLS = 200 };

struct cell {
	enum kind kind;
	union {
		long number;
		const char *name;
		struct { struct cell *head, *tail; };
		struct cell *(*f)(struct cell *);
		struct cell *moved;
	};
};

static struct cell *space, *other, *next, *symbols[SYMBOLS], *roots[ROOTS],
	*globals;
static int symbol_count, root_count, collections;
static jmp_buf failed;
static const char *input;

static void fail(const char *form, ...)
{
	va_list args;

	va_start(args, form);
	printf("error: ");
	vprintf(form, args);
	putchar('\n');
	va_end(args);
	longjmp(failed, 1);
}

/* Keeps local variables in roots, so that they survive a collection. */
#define KEEP(x) \
	(root_count < ROOTS ? (void)(roots[root_count++] = (x)) \
			    : fail("too deep"))
#define DROP(n)		(root_count -= (n))
#define KEPT(n)		roots[root_count - (n)]

static struct cell *copy(struct cell *c)
{
	if (!c || c->kind == SYMBOL || c->kind == BUILTIN)
		return c;
	if (c->kind == MOVED)
		return c->moved;
	*next = *c;
	c->kind = MOVED;
	c->moved = next;
	return next++;
}

static void collect(void)
{
	struct cell *scan = other, *old = space;

	collections++;
	space = next = other;
	other = old;
	globals = copy(globals);
	for (int i = 0; i < root_count; i++)
		roots[i] = copy(roots[i]);
	for (; scan < next; scan++)
		if (scan->kind == PAIR || scan->kind == CLOSURE) {
			scan->head = copy(scan->head);
			scan->tail = copy(scan->tail);
		}
	if (next - space > HEAP - 100)
		fail("no memory");
}

static struct cell *make(enum kind kind, struct cell *head, struct cell *tail)
{
	if (next - space >= HEAP - 1) {
		KEEP(head);
		KEEP(tail);
		collect();
		tail = KEPT(1);
		head = KEPT(2);
		DROP(2);
	}
	next->kind = kind;
	next->head = head;
	next->tail = tail;
	return next++;
}

static struct cell *number(long n)
{
	struct cell *c = make(NUMBER, NULL, NULL);

	c->number = n;
	return c;
}

static struct cell *symbol(const char *name, size_t length)
{
	for (int i = 0; i < symbol_count; i++)
		if (strlen(symbols[i]->name) == length &&
		    memcmp(symbols[i]->name, name, length) == 0)
			return symbols[i];
	struct cell *c = calloc(1, sizeof(*c));
	c->kind = SYMBOL;
	c->name = strndup(name, length);
	return symbols[symbol_count++] = c;
}

#define S(name) symbol(name, strlen(name))

static struct cell *read_list(void);

static struct cell *read_one(void)
{
	const char *start;
	char *end;
	long n;

	while (isspace(*input))
		input++;
	if (*input == '(')
		return input++, read_list();
	if (*input == '\'') {
		input++;
		struct cell *quoted = make(PAIR, read_one(), NULL);
		return make(PAIR, S("quote"), quoted);
	}
	n = strtol(input, &end, 10);
	if (end != input)
		return input = end, number(n);
	for (start = input;
	     *input && !isspace(*input) && *input != '(' && *input != ')';
	     input++)
		;
	return symbol(start, input - start);
}

static struct cell *read_list(void)
{
	struct cell *head, *list;

	while (isspace(*input))
		input++;
	if (*input == ')')
		return input++, NULL;
	KEEP(read_one());
	list = read_list();
	head = KEPT(1);
	DROP(1);
	return make(PAIR, head, list);
}

static void print(struct cell *c)
{
	if (!c)
		printf("()");
	else if (c->kind == NUMBER)
		printf("%ld", c->number);
	else if (c->kind == SYMBOL)
		printf("%s", c->name);
	else if (c->kind == PAIR) {
		for (putchar('('); c && c->kind == PAIR; c = c->tail) {
			print(c->head);
			if (c->tail)
				putchar(' ');
		}
		putchar(')');
	} else
		printf("<function>");
}

static struct cell *lookup(struct cell *name, struct cell *environment)
{
	for (; environment; environment = environment->tail)
		if (environment->head->head == name)
			return environment->head;
	for (environment = globals; environment;
	     environment = environment->tail)
		if (environment->head->head == name)
			return environment->head;
	fail("%s is not defined", name->name);
	return NULL;
}

static void define(struct cell *name, struct cell *value)
{
	struct cell *pair = make(PAIR, name, value);

	globals = make(PAIR, pair, globals);
}

static struct cell *eval(struct cell *c, struct cell *environment);

static struct cell *eval_list(struct cell *list, struct cell *environment)
{
	if (!list)
		return NULL;
	KEEP(list);
	KEEP(environment);
	struct cell *value = eval(list->head, environment);
	environment = KEPT(1);
	KEPT(1) = value;
	list = eval_list(KEPT(2)->tail, environment);
	value = KEPT(1);
	DROP(2);
	return make(PAIR, value, list);
}

static struct cell *bind(struct cell *names, struct cell *values,
			 struct cell *environment)
{
	for (; names; names = KEPT(2)->tail, values = KEPT(1)->tail, DROP(2)) {
		if (!values)
			fail("too few arguments");
		KEEP(names);
		KEEP(values);
		KEEP(environment);
		struct cell *pair = make(PAIR, names->head, values->head);
		environment = make(PAIR, pair, KEPT(1));
		DROP(1);
	}
	return environment;
}

static struct cell *eval(struct cell *c, struct cell *environment);

/* Returns the branch of an if that follows from its test. */
static struct cell *chosen(struct cell *test, struct cell *branches)
{
	if (test)
		return branches->head;
	return branches->tail ? branches->tail->head : NULL;
}

/* Evaluates a definition, which is KEPT(2). Returns the name. */
static struct cell *eval_define(struct cell *environment)
{
	struct cell *value = eval(KEPT(2)->tail->tail->head, environment);

	define(KEPT(2)->tail->head, value);
	return KEPT(2)->tail->head;
}

/*
 * Evaluates the parts of a call, which is KEPT(2), in the environment KEPT(1).
 * Returns the arguments; KEPT(1) becomes the function.
 */
static struct cell *eval_parts(void)
{
	struct cell *f = eval(KEPT(2)->head, KEPT(1));
	struct cell *environment = KEPT(1);

	KEPT(1) = f;
	return eval_list(KEPT(2)->tail, environment);
}

/* Evaluates. The loop makes tail calls cost no stack. */
static struct cell *eval(struct cell *c, struct cell *environment)
{
	for (;;) {
		if (!c || c->kind == NUMBER)
			return c;
		if (c->kind == SYMBOL)
			return lookup(c, environment)->tail;
		KEEP(c);
		KEEP(environment);
		if (c->head == S("quote")) {
			DROP(2);
			return c->tail->head;
		}
		if (c->head == S("if")) {
			struct cell *test = eval(c->tail->head, environment);
			environment = KEPT(1);
			c = chosen(test, KEPT(2)->tail->tail);
			DROP(2);
			continue;
		}
		if (c->head == S("lambda")) {
			DROP(2);
			return make(CLOSURE, c->tail, environment);
		}
		if (c->head == S("define")) {
			c = eval_define(environment);
			DROP(2);
			return c;
		}
		struct cell *arguments = eval_parts();
		struct cell *f = KEPT(1);
		DROP(2);
		if (f && f->kind == BUILTIN)
			return f->f(arguments);
		if (!f || f->kind != CLOSURE)
			fail("not a function");
		KEEP(f);
		environment = bind(f->head->head, arguments, f->tail);
		c = KEPT(1)->head->tail->head;
		DROP(1);
	}
}

static long value(struct cell *list, int i)
{
	while (i-- > 0 && list)
		list = list->tail;
	if (!list || !list->head || list->head->kind != NUMBER)
		fail("a number is wanted");
	return list->head->number;
}

static struct cell *truth(int x)
{
	return x ? S("t") : NULL;
}

static struct cell *f_add(struct cell *a)
{
	return number(value(a, 0) + value(a, 1));
}
static struct cell *f_sub(struct cell *a)
{
	return number(value(a, 0) - value(a, 1));
}
static struct cell *f_mul(struct cell *a)
{
	return number(value(a, 0) * value(a, 1));
}
static struct cell *f_less(struct cell *a)
{
	return truth(value(a, 0) < value(a, 1));
}
static struct cell *f_same(struct cell *a)
{
	return truth(value(a, 0) == value(a, 1));
}
static struct cell *f_null(struct cell *a) { return truth(!a->head); }
static struct cell *f_cons(struct cell *a)
{
	return make(PAIR, a->head, a->tail->head);
}

static struct cell *f_div(struct cell *a)
{
	if (value(a, 1) == 0)
		fail("division by zero");
	return number(value(a, 0) / value(a, 1));
}

static struct cell *f_mod(struct cell *a)
{
	if (value(a, 1) == 0)
		fail("division by zero");
	return number(value(a, 0) % value(a, 1));
}

static struct cell *f_head(struct cell *a)
{
	if (!a->head || a->head->kind != PAIR)
		fail("a list is wanted");
	return a->head->head;
}

static struct cell *f_tail(struct cell *a)
{
	if (!a->head || a->head->kind != PAIR)
		fail("a list is wanted");
	return a->head->tail;
}

static const struct {
	const char *name;
	struct cell *(*f)(struct cell *);
} builtins[] = {
	{ "+", f_add },     { "-", f_sub },     { "*", f_mul },
	{ "/", f_div },     { "%", f_mod },     { "<", f_less },
	{ "=", f_same },    { "null", f_null }, { "cons", f_cons },
	{ "head", f_head }, { "tail", f_tail },
};

static const char *const program =
	"(define fib (lambda (n)"
	"  (if (< n 2) n (+ (fib (- n 1)) (fib (- n 2))))))"
	"(fib 20)"
	"(define loop (lambda (n sum)"
	"  (if (= n 0) sum (loop (- n 1) (+ sum n)))))"
	"(loop 60000 0)"
	"(define map (lambda (f l)"
	"  (if (null l) l (cons (f (head l)) (map f (tail l))))))"
	"(define range (lambda (a b)"
	"  (if (< a b) (cons a (range (+ a 1) b)) '())))"
	"(define filter (lambda (f l)"
	"  (if (null l) l"
	"    (if (f (head l)) (cons (head l) (filter f (tail l)))"
	"      (filter f (tail l))))))"
	"(map (lambda (x) (* x x)) (range 0 12))"
	"(define sieve (lambda (l)"
	"  (if (null l) l"
	"    (cons (head l) (sieve"
	"      (filter (lambda (x) (if (= 0 (% x (head l))) '() 't))"
	"        (tail l)))))))"
	"(sieve (range 2 200))"
	"(define append (lambda (a b)"
	"  (if (null a) b (cons (head a) (append (tail a) b)))))"
	"(define sort (lambda (l)"
	"  (if (null l) l"
	"    (append"
	"      (sort (filter (lambda (x) (< x (head l))) (tail l)))"
	"      (cons (head l)"
	"        (sort (filter (lambda (x) (if (< x (head l)) '() 't))"
	"          (tail l))))))))"
	"(sort (map (lambda (x) (% (* x 7919) 101)) (range 1 60)))"
	"(define times (lambda (l n carry)"
	"  (if (null l)"
	"    (if (= carry 0) '()"
	"      (cons (% carry 1000) (times l n (/ carry 1000))))"
	"    (cons (% (+ (* (head l) n) carry) 1000)"
	"      (times (tail l) n (/ (+ (* (head l) n) carry) 1000))))))"
	"(define factorial (lambda (n)"
	"  (if (= n 0) '(1) (times (factorial (- n 1)) n 0))))"
	"(factorial 100)"
	"(define length (lambda (l) (if (null l) 0 (+ 1 (length (tail l))))))"
	"(define safe (lambda (q d l)"
	"  (if (null l) 't"
	"    (if (= q (head l)) '()"
	"      (if (= q (+ (head l) d)) '()"
	"        (if (= q (- (head l) d)) '()"
	"          (safe q (+ d 1) (tail l))))))))"
	"(define queens (lambda (n k l) (if (= k 0) 1 (try n n k l))))"
	"(define try (lambda (q n k l)"
	"  (if (= q 0) 0"
	"    (+ (if (safe q 1 l) (queens n (- k 1) (cons q l)) 0)"
	"      (try (- q 1) n k l)))))"
	"(queens 7 7 '())"
	"(define compose (lambda (f g) (lambda (x) (f (g x)))))"
	"((compose (lambda (x) (* 2 x)) (lambda (x) (+ x 1))) 20)"
	"(head 5) (undefined 1) (/ 1 0) ((lambda (a b) a) 1) (5 5)"
	"(define endless (lambda (l) (endless (cons 1 l))))"
	"(endless '())"
	"(length (range 0 1000)) "
	"'done";

int main(void)
{
	space = next = calloc(HEAP, sizeof(*space));
	other = calloc(HEAP, sizeof(*other));
	define(S("t"), S("t"));
	for (size_t i = 0; i < sizeof(builtins) / sizeof(*builtins); i++) {
		struct cell *f = calloc(1, sizeof(*f));

		f->kind = BUILTIN;
		f->f = builtins[i].f;
		define(S(builtins[i].name), f);
	}
	input = program;
	while (*input) {
		if (setjmp(failed) == 0) {
			print(eval(read_one(), NULL));
			putchar('\n');
		}
		root_count = 0;
		while (isspace(*input))
			input++;
	}
	printf("collections: %d\n", collections);
	return 0;
}
