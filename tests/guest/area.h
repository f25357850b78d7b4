/*
 * An area of pages whose first and last bytes are written and compared. The
 * program defines PAGE and PAGES.
 */
#ifndef AREA_H
#define AREA_H

static char area[PAGES * PAGE] __attribute__((aligned(PAGE)));

/* Writes value to the ends of each page. */
static void fill(char value)
{
	for (int i = 0; i < PAGES; i++)
		area[i * PAGE] = area[i * PAGE + PAGE - 1] = value;
}

/* Returns 1 if the ends of all pages hold value. */
static int all_are(char value)
{
	for (int i = 0; i < PAGES; i++)
		if (area[i * PAGE] != value ||
		    area[i * PAGE + PAGE - 1] != value)
			return 0;
	return 1;
}

#endif
