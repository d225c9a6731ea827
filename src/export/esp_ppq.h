/* The ESP-PPQ dialect: its row. */
#ifndef MMTUI_EXPORT_ESP_PPQ_H
#define MMTUI_EXPORT_ESP_PPQ_H

#include "mmtui/export.h"

extern const struct mm_dialect mm_esp_ppq;

#endif
