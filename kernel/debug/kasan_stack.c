/*
 * Larger kernel stacks (make SANITIZE=1). With poison beside each variable a
 * stack needs about twice the room, which a task's frame does not have. So the
 * structure stays there, and the stack is one of a pool made at boot. A fork
 * fails when all are in use. At the lower end of each stack stands a word that
 * shows whether one grew too far.
 */
#include <cowix/kernel.h>
#include <cowix/sanitize.h>
#include <cowix/sched.h>

#define FRAMES_A_STACK	16u	/* of RAM: the pool is an eighth of it */

/* The lower end of a stack. */
struct stack {
	u32 guard;
	struct stack *next;	/* while it is free */
};

static struct stack *free_stacks;

static void keep_stack(struct stack *stack)
{
	stack->next = free_stacks;
	free_stacks = stack;
	poison(stack, STACK_SIZE, POISON_FREE_FRAME);
}

/* Makes the pool. Called by kasan_init(), when all RAM has a shadow. */
void stack_pool_init(void)
{
	u32 n = nr_frames / FRAMES_A_STACK;
	u8 *pool = boot_alloc((n + 1) * STACK_SIZE);

	pool = (u8 *)(((u32)pool + STACK_SIZE - 1) & ~(STACK_SIZE - 1));
	for (u32 i = 0; i < n; i++)
		keep_stack((struct stack *)(pool + i * STACK_SIZE));
}

/* Gives a task a larger stack than its frame has. Returns false if none is. */
bool take_stack(struct task_struct *task)
{
	struct stack *stack = free_stacks;

	if (!stack)
		return false;
	free_stacks = stack->next;
	unpoison(stack, STACK_SIZE);
	stack->guard = STACK_GUARD_VALUE;
	task->stack_top = (u32)stack + STACK_SIZE;
	return true;
}

/* Takes the stack back of a task that does not run any more. */
void give_stack(struct task_struct *task)
{
	struct stack *stack = (struct stack *)(task->stack_top - STACK_SIZE);

	if (stack->guard != STACK_GUARD_VALUE)
		panic("kernel stack of pid %d (%s) overflowed", task->pid,
		      task->comm);
	keep_stack(stack);
}
