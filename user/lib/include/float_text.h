/*
 * Numbers with a point as text. printf() has no %e %f %g, since the kernel
 * shares it and computes with integers alone.
 */
#ifndef FLOAT_TEXT_H
#define FLOAT_TEXT_H
/*
 * Writes x, which is not negative, as the conversion of this type (e E f F g
 * G) does, without sign or padding. All digits are right. `to` has room for
 * 350 characters more than the precision.
 */
void format_double(char *to, double x, char type, int precision, int alternate);
#endif
