/*
 * Accounts: what the sockets and messages of one user take of the kernel's
 * memory. Whoever is not the superuser can have a part of it only.
 */
#include <cowix/kernel.h>
#include <cowix/sched.h>
#include "net/net.h"

#define USER_PART	8u	/* of all frames, for the sockets of a user */

static LIST_HEAD(accounts);

static struct account *find_account(u32 uid)
{
	list_for_each(node, &accounts) {
		struct account *account =
			list_entry(node, struct account, link);

		if (account->uid == uid)
			return account;
	}
	return NULL;
}

/* Returns the account of a user, with a reference, or NULL: no memory. */
struct account *account_get(u32 uid)
{
	struct account *account = find_account(uid), *new;

	if (!account) {
		new = kzalloc(sizeof(*new));
		account = find_account(uid);	/* perhaps since the sleep */
		if (account) {
			kfree(new);
		} else if (new) {
			new->uid = uid;
			list_add(&new->link, &accounts);
			account = new;
		}
	}
	if (account)
		account->users++;
	return account;
}

void account_put(struct account *account)
{
	if (--account->users > 0)
		return;
	list_unlink(&account->link);
	kfree(account);
}

/* Adds bytes. Returns false if the user has as many as he may. */
bool account_charge(struct account *account, u32 bytes)
{
	u32 limit = nr_frames / USER_PART * PAGE_SIZE;

	if (account->bytes + bytes > limit && !suser())
		return false;
	account->bytes += bytes;
	return true;
}
