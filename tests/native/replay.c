/* Runs a target once for each file named, where there is no libFuzzer. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX 65536

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Reads a file into memory of just its size, so that ASan sees its end. */
static void replay(const char *name)
{
	static uint8_t buffer[INPUT_MAX];
	FILE *f = fopen(name, "rb");
	size_t n;
	uint8_t *data;

	if (!f) {
		perror(name);
		exit(2);
	}
	n = fread(buffer, 1, sizeof(buffer), f);
	fclose(f);
	data = malloc(n ? n : 1);
	for (size_t i = 0; i < n; i++)
		data[i] = buffer[i];
	fprintf(stderr, "%s\n", name);
	LLVMFuzzerTestOneInput(data, n);
	free(data);
}

int main(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		replay(argv[i]);
	printf("%d inputs\n", argc - 1);
	return 0;
}
