/*
 * Kernel parameters: a text in the image, of name=value words (boot/README.md).
 * The last one, run=, takes the whole rest of the line. Words whose names the
 * kernel does not know become init's environment.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>

#define PARAMS_MAX	16

char *params[PARAMS_MAX + 1];	/* NULL-terminated */
static const char *const kernel_names[] = {
	"console", "root", "init", "mem", "panic", "trace", "ide", "stack",
	"fork", "ramdisk",
};

/*
 * Splits text in place. Words beyond the limit are dropped with a message.
 * Called once by start_kernel.
 */
void params_init(char *text)
{
	u32 n = 0;

	while (*text) {
		while (*text == ' ')
			*text++ = '\0';
		if (!*text)
			break;
		if (n == PARAMS_MAX) {
			printk("parameters: too many, ignoring from: %s\n",
			       text);
			break;
		}
		params[n++] = text;
		if (strncmp(text, "run=", 4) == 0)
			break;
		while (*text && *text != ' ')
			text++;
	}
}

/* Returns true if param is name=value. */
static bool param_has_name(const char *param, const char *name)
{
	size_t n = strlen(name);

	return strncmp(param, name, n) == 0 && param[n] == '=';
}

/* Returns the value of name=value, or NULL. */
const char *param_get(const char *name)
{
	for (char **p = params; *p; p++)
		if (param_has_name(*p, name))
			return *p + strlen(name) + 1;
	return NULL;
}

/* Returns false if init gets the parameter. */
static bool is_for_kernel(const char *param)
{
	for (u32 i = 0; i < ARRAY_SIZE(kernel_names); i++)
		if (param_has_name(param, kernel_names[i]))
			return true;
	return !strchr(param, '=');
}

/*
 * Returns init's environment, NULL-terminated: all parameters but the kernel's
 * own. Called once.
 */
char **params_environment(void)
{
	static char *environment[PARAMS_MAX + 1];
	u32 n = 0;

	for (char **p = params; *p; p++)
		if (!is_for_kernel(*p))
			environment[n++] = *p;
	return environment;
}
