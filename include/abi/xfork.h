/* xfork(policy, stack), Cowix's call 512. */
#ifndef ABI_XFORK_H
#define ABI_XFORK_H

#define FORK_POLICY_OLD		1
#define FORK_POLICY_COW		2
#define FORK_POLICY_THREAD	3
#define FORK_POLICY_LAZY	4

#endif
