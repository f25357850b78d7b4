#ifndef MATH_H
#define MATH_H
double atan2(double y, double x);
double cos(double x);
double exp(double x);
double floor(double x);
double fmod(double x, double y);
double log(double x);
double pow(double x, double y);
double sin(double x);
double sqrt(double x);
#endif
