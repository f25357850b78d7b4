/* Extended attributes, as Linux i386 has them. */
#ifndef ABI_XATTR_H
#define ABI_XATTR_H

#define XATTR_CREATE	1
#define XATTR_REPLACE	2
#define XATTR_NAME_MAX	255	/* characters of a name */
#define XATTR_SIZE_MAX	65536	/* bytes of a value */

#endif
