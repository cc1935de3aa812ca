// SPDX-License-Identifier: GPL-2.0
/* Libraries that are loaded when they are needed. */
#include <dlfcn.h>

#include "library.h"

/**
 * library_open - load a library, until the program ends
 * @names: names of it, the first one that there is
 * @count: how many names
 *
 * Return: a handle for library_find(), or NULL; dlerror() says why.
 */
void *library_open(const char *const *names, size_t count)
{
	void *handle = NULL;
	size_t i;

	for (i = 0; i < count && !handle; i++)
		handle = dlopen(names[i], RTLD_NOW | RTLD_LOCAL);
	return handle;
}

/**
 * library_find - find a function
 * @handle: the library
 * @symbol: name of the function
 * @function: a pointer to a function; set, to NULL where there is none
 *
 * POSIX: a pointer to a function goes into what dlsym() returns, and back.
 *
 * Return: whether it is there; if not, dlerror() says why.
 */
bool library_find(void *handle, const char *symbol, void *function)
{
	*(void **)function = dlsym(handle, symbol);
	return *(void **)function;
}
