/*
 * Kernel parameters: the text that tools/run (or anybody with a hex editor)
 * puts into the image, split into name=value words. The last one, run=, takes
 * the whole rest of the line. Names that the kernel does not know become init's
 * environment.
 */
#include <cowix/kernel.h>
#include <cowix/params.h>

#define PARAMS_MAX	16

char *params[PARAMS_MAX + 1];	/* NULL-terminated */
static const char *const kernel_names[] = {
	"console", "root", "init", "mem", "panic", "trace", "ide", "stack",
};

/*
 * Split text in place. Called first thing by start_kernel; words beyond the
 * limit are dropped with a message.
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

static bool has_name(const char *param, const char *name)
{
	size_t n = strlen(name);

	return strncmp(param, name, n) == 0 && param[n] == '=';
}

const char *param_get(const char *name)
{
	for (char **p = params; *p; p++)
		if (has_name(*p, name))
			return *p + strlen(name) + 1;
	return NULL;
}

static bool is_kernels(const char *param)
{
	for (u32 i = 0; i < ARRAY_SIZE(kernel_names); i++)
		if (has_name(param, kernel_names[i]))
			return true;
	return !strchr(param, '=');
}

/*
 * The parameters that are init's environment, NULL-terminated. Called once; the
 * kernel's own are taken out.
 */
char **params_environment(void)
{
	static char *environment[PARAMS_MAX + 1];
	u32 n = 0;

	for (char **p = params; *p; p++)
		if (!is_kernels(*p))
			environment[n++] = *p;
	return environment;
}
