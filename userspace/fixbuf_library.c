// SPDX-License-Identifier: GPL-2.0
/* libfixbuf, loaded when flows are to be exported. */
#include <dlfcn.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>

#include "fixbuf_library.h"

/* The interface of version 2: that of 3 has another number. */
#define NAME "libfixbuf.so.9"

/* It uses this, but Debian's does not say so: it is to be there before. */
#define GLIB "libglib-2.0.so.0"

/* POSIX: a pointer to a function goes into what dlsym() returns, and back. */
static bool find(void *handle, const char *symbol, void *function)
{
	*(void **)function = dlsym(handle, symbol);
	return *(void **)function;
}

/**
 * fixbuf_library_load - get at libfixbuf
 * @error: set to why that failed
 *
 * Return: its functions, until the program ends; or NULL.
 */
const struct fixbuf_library *fixbuf_library_load(const char **error)
{
	static struct fixbuf_library lib;
	static char reason[512];
	void *handle = NULL;

	if (lib.clear_error)
		return &lib;
	if (dlopen(GLIB, RTLD_NOW | RTLD_GLOBAL))
		handle = dlopen(NAME, RTLD_NOW | RTLD_LOCAL);
	if (handle &&
	    find(handle, "fbInfoModelAlloc", &lib.model_new) &&
	    find(handle, "fbInfoModelFree", &lib.model_free) &&
	    find(handle, "fbTemplateAlloc", &lib.template_new) &&
	    find(handle, "fbTemplateAppendSpecArray", &lib.template_append) &&
	    find(handle, "fbTemplateFreeUnused", &lib.template_free_unused) &&
	    find(handle, "fbSessionAlloc", &lib.session_new) &&
	    find(handle, "fbSessionSetDomain", &lib.session_set_domain) &&
	    find(handle, "fbSessionAddTemplate", &lib.session_add_template) &&
	    find(handle, "fbSessionExportTemplates",
		 &lib.session_export_templates) &&
	    find(handle, "fbExporterAllocBuffer", &lib.exporter_new) &&
	    find(handle, "fbExporterGetMsgLen", &lib.exporter_len) &&
	    find(handle, "fBufAllocForExport", &lib.buf_new) &&
	    find(handle, "fBufFree", &lib.buf_free) &&
	    find(handle, "fBufSetAutomaticMode", &lib.buf_set_automatic) &&
	    find(handle, "fBufSetInternalTemplate", &lib.buf_set_internal) &&
	    find(handle, "fBufSetExportTemplate", &lib.buf_set_external) &&
	    find(handle, "fBufAppend", &lib.buf_append) &&
	    find(handle, "fBufEmit", &lib.buf_emit) &&
	    find(RTLD_DEFAULT, "g_clear_error", &lib.clear_error))
		return &lib;
	snprintf(reason, sizeof(reason),
		 "%s; install libfixbuf (Debian: libfixbuf9)", dlerror());
	*error = reason;
	return NULL;
}
