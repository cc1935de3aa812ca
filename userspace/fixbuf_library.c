// SPDX-License-Identifier: GPL-2.0
/* libfixbuf, loaded when flows are to be exported. */
#include <dlfcn.h>
#include <stddef.h>
#include <stdio.h>

#include "fixbuf_library.h"
#include "library.h"

/* The interface of version 2: that of 3 has another number. */
static const char *const names[] = { "libfixbuf.so.9" };

/* It uses this, but Debian's does not say so: it is to be there before. */
#define GLIB "libglib-2.0.so.0"

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
		handle = library_open(names, 1);
	if (handle &&
	    library_find(handle, "fbInfoModelAlloc", &lib.model_new) &&
	    library_find(handle, "fbInfoModelFree", &lib.model_free) &&
	    library_find(handle, "fbTemplateAlloc", &lib.template_new) &&
	    library_find(handle, "fbTemplateAppendSpecArray",
			 &lib.template_append) &&
	    library_find(handle, "fbTemplateFreeUnused",
			 &lib.template_free_unused) &&
	    library_find(handle, "fbSessionAlloc", &lib.session_new) &&
	    library_find(handle, "fbSessionSetDomain",
			 &lib.session_set_domain) &&
	    library_find(handle, "fbSessionAddTemplate",
			 &lib.session_add_template) &&
	    library_find(handle, "fbSessionExportTemplates",
			 &lib.session_export_templates) &&
	    library_find(handle, "fbExporterAllocBuffer", &lib.exporter_new) &&
	    library_find(handle, "fbExporterGetMsgLen", &lib.exporter_len) &&
	    library_find(handle, "fBufAllocForExport", &lib.buf_new) &&
	    library_find(handle, "fBufFree", &lib.buf_free) &&
	    library_find(handle, "fBufSetAutomaticMode",
			 &lib.buf_set_automatic) &&
	    library_find(handle, "fBufSetInternalTemplate",
			 &lib.buf_set_internal) &&
	    library_find(handle, "fBufSetExportTemplate",
			 &lib.buf_set_external) &&
	    library_find(handle, "fBufAppend", &lib.buf_append) &&
	    library_find(handle, "fBufEmit", &lib.buf_emit) &&
	    library_find(RTLD_DEFAULT, "g_clear_error", &lib.clear_error))
		return &lib;
	snprintf(reason, sizeof(reason),
		 "%s; install libfixbuf and GLib (Debian: libfixbuf9, libglib2.0-0)",
		 dlerror());
	*error = reason;
	return NULL;
}
