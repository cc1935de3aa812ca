/* SPDX-License-Identifier: GPL-2.0 */
/*
 * libfixbuf, loaded when flows are to be exported: it brings GLib, which would
 * be loaded with every call otherwise.
 */
#ifndef TUPLESTAT_FIXBUF_LIBRARY_H
#define TUPLESTAT_FIXBUF_LIBRARY_H

#include <fixbuf/public.h>

/**
 * struct fixbuf_library - the functions that are used, see fixbuf/public.h
 * @model_new: fbInfoModelAlloc()
 * @model_free: fbInfoModelFree()
 * @template_new: fbTemplateAlloc()
 * @template_append: fbTemplateAppendSpecArray()
 * @template_free_unused: fbTemplateFreeUnused()
 * @session_new: fbSessionAlloc()
 * @session_set_domain: fbSessionSetDomain()
 * @session_add_template: fbSessionAddTemplate()
 * @session_export_templates: fbSessionExportTemplates()
 * @exporter_new: fbExporterAllocBuffer()
 * @exporter_len: fbExporterGetMsgLen()
 * @buf_new: fBufAllocForExport()
 * @buf_free: fBufFree(), with its session and its exporter
 * @buf_set_automatic: fBufSetAutomaticMode()
 * @buf_set_internal: fBufSetInternalTemplate()
 * @buf_set_external: fBufSetExportTemplate()
 * @buf_append: fBufAppend()
 * @buf_emit: fBufEmit()
 * @clear_error: g_clear_error(), of GLib
 */
struct fixbuf_library {
	__typeof__(fbInfoModelAlloc) *model_new;
	__typeof__(fbInfoModelFree) *model_free;
	__typeof__(fbTemplateAlloc) *template_new;
	__typeof__(fbTemplateAppendSpecArray) *template_append;
	__typeof__(fbTemplateFreeUnused) *template_free_unused;
	__typeof__(fbSessionAlloc) *session_new;
	__typeof__(fbSessionSetDomain) *session_set_domain;
	__typeof__(fbSessionAddTemplate) *session_add_template;
	__typeof__(fbSessionExportTemplates) *session_export_templates;
	__typeof__(fbExporterAllocBuffer) *exporter_new;
	__typeof__(fbExporterGetMsgLen) *exporter_len;
	__typeof__(fBufAllocForExport) *buf_new;
	__typeof__(fBufFree) *buf_free;
	__typeof__(fBufSetAutomaticMode) *buf_set_automatic;
	__typeof__(fBufSetInternalTemplate) *buf_set_internal;
	__typeof__(fBufSetExportTemplate) *buf_set_external;
	__typeof__(fBufAppend) *buf_append;
	__typeof__(fBufEmit) *buf_emit;
	__typeof__(g_clear_error) *clear_error;
};

const struct fixbuf_library *fixbuf_library_load(const char **error);

#endif /* TUPLESTAT_FIXBUF_LIBRARY_H */
