#ifndef SYS_KLOG_H
#define SYS_KLOG_H
int klogctl(int type, char *buf, int size);
#endif
