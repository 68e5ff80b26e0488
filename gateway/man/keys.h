/* SPDX-License-Identifier: GPL-3.0-or-later */
/* keys - the configuration keys and channel kinds as tables of a manual page. */
#ifndef GATEWAY_MAN_KEYS_H
#define GATEWAY_MAN_KEYS_H

/* The daemon's own groups and keys. */
void keys_print_config(void);
/* Every kind of channel with its summary and what it can do. */
void keys_print_channels(void);
/* For every kind its own keys: type, bounds, default, sentence. */
void keys_print_channel_keys(void);
/* The keys of the files beside the configuration: fixed sentences, countries, commands. */
void keys_print_replies(void);
void keys_print_countries(void);
void keys_print_commands(void);

#endif
