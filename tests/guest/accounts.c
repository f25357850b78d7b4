/* Tests password hashes, /etc/passwd and /etc/group. */
#include <check.h>
#include <crypt.h>
#include <grp.h>
#include <pwd.h>

static void hashes(void)
{
	static const struct {
		const char *key, *setting, *hash;
	} cases[] = {
		{ "Hello world!", "$5$saltstring",
		  "$5$saltstring$5B8vYYiY.CVt1RlTTf8KbXBH3hsxY/GNooZaBBGWEc5" },
		{ "", "$5$abc",
		  "$5$abc$bBHLwRRW2Li0XKaX13kz/g2fkDil4Jx46aNvd.48MS8" },
		{ "x", "$5$rounds=1000$",
		  "$5$rounds=1000$$"
		  "4D2tp5PZGtSl4aBon7NvdSwWT2BSm4eRZICoK/SoBpD" },
		{ "a password of more than thirty-two characters, "
		  "and than sixty-four",
		  "$5$rounds=1234$longsaltlongsalt",
		  "$5$rounds=1234$longsaltlongsalt$"
		  "3mwVNrANnq76x8MsuWGh04lz62cu4ES9PHV/y0jH4A7" },
		{ "0123456789012345678901234567890", "$5$./",
		  "$5$./$ynPwL3YvR.yuiT9jspehNxLGVJWJSSl.X8tl5eUkF06" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		CHECK(strcmp(crypt(cases[i].key, cases[i].setting),
			     cases[i].hash) == 0);
		CHECK(strcmp(crypt(cases[i].key, cases[i].hash),
			     cases[i].hash) == 0);
	}
}

static void other_methods(void)
{
	CHECK(crypt("x", "") == NULL && errno == EINVAL);
	CHECK(crypt("x", "*") == NULL && crypt("x", "$6$abc$") == NULL &&
	      crypt("x", "ab") == NULL);
}

static void entries(void)
{
	const struct passwd *root = getpwuid(0);
	gid_t groups[32];
	int n = 32;

	CHECK(root && strcmp(root->pw_name, "root") == 0 && root->pw_gid == 0);
	CHECK(getpwnam("nobody-of-this-name") == NULL && getgrnam("") == NULL);
	CHECK(strcmp(getgrgid(0)->gr_name, "root") == 0 &&
	      getgrnam("root")->gr_gid == 0);
	CHECK(getgrouplist("root", 7, groups, &n) >= 1 && groups[0] == 7 &&
	      n >= 1);
}

TESTS({ "hashes", "crypt() gives the hashes that other systems give", hashes },
      { "other_methods", "crypt() refuses what it does not know",
	other_methods },
      { "entries", "users and groups by name and number", entries })
