/*
 * Undefined behaviour, as the compiler finds it (make SANITIZE=1). Before each
 * shift, signed sum, division or array index that could be undefined stands a
 * test. If it fails, one of the functions below is called. Their names, and
 * what is passed, are the compiler's: -fsanitize=undefined. The first argument
 * always points to the place in the source.
 */
#include <cowix/kernel.h>
#include <cowix/sanitize.h>

/* How the data begin that the compiler writes for each test. */
struct place {
	const char *file;
	u32 line, column;
};

/* Ends the machine: after undefined behaviour nothing can be relied on. */
static NORETURN void report_undefined(const char *what,
				      const struct place *place)
{
	sanitize_off();
	panic("ubsan: %s at %s:%u:%u", what, place->file, place->line,
	      place->column);
}

/* The operands, which differ from function to function, are not shown. */
#define HANDLER(name, what) \
	NORETURN void __ubsan_handle_##name##_abort(const struct place *place) \
	{ \
		report_undefined(what, place); \
	}

#define HANDLER_PROTOTYPE(name) \
	NORETURN void __ubsan_handle_##name##_abort(const struct place *);

HANDLER_PROTOTYPE(add_overflow)
HANDLER_PROTOTYPE(sub_overflow)
HANDLER_PROTOTYPE(mul_overflow)
HANDLER_PROTOTYPE(negate_overflow)
HANDLER_PROTOTYPE(divrem_overflow)
HANDLER_PROTOTYPE(shift_out_of_bounds)
HANDLER_PROTOTYPE(out_of_bounds)
HANDLER_PROTOTYPE(vla_bound_not_positive)
HANDLER_PROTOTYPE(load_invalid_value)
HANDLER_PROTOTYPE(invalid_builtin)

HANDLER(add_overflow, "signed sum overflows")
HANDLER(sub_overflow, "signed difference overflows")
HANDLER(mul_overflow, "signed product overflows")
HANDLER(negate_overflow, "negation overflows")
HANDLER(divrem_overflow, "division by 0, or its result overflows")
HANDLER(shift_out_of_bounds, "shift by too much, or of a negative number")
HANDLER(out_of_bounds, "array index out of bounds")
HANDLER(vla_bound_not_positive, "array of no or negative size")
HANDLER(load_invalid_value, "bool or enum with a value it cannot have")
HANDLER(invalid_builtin, "zero passed to a count of zero bits")

/* This one never returns anyway, so that its name is without "abort". */
NORETURN void __ubsan_handle_builtin_unreachable(const struct place *);

void __ubsan_handle_builtin_unreachable(const struct place *place)
{
	report_undefined("a place that cannot be reached", place);
}
