# SPDX-License-Identifier: GPL-3.0-or-later
# modem_profiles - how the makes of modems differ, as far as a driver can notice: what tests/support/modem_sim.py plays.
# What:  one Profile a make; each field is a quirk met in the field (first slot, restricted memories, spelling of answers, chatter, words
#        after a reboot, what an empty slot says).
# Not here: faults; those are scripted, on any profile.
import dataclasses

SM, ME, SR = "SM", "ME", "SR"


@dataclasses.dataclass(frozen=True)
class Profile:
    maker: str
    model: str
    first_slot: int = 1
    memories: tuple = ((SM, ME), (SM, ME), (SM, ME))  # AT+CPMS=?: to read, to write, to receive
    preferred: tuple = (SM, SM, SM)  # after power on
    cnmi: tuple = ((0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1, 2), (0, 1))
    header: str = "+%s: %d,%d,,%d"  # +CMGL: index, stat, alpha, length
    has_leading_line: bool = True  # answers begin with CR LF
    unsupported: tuple = ()
    refusal: str = "ERROR"  # to a command that is not there
    empty_slot: str = "+CMS ERROR: 321"  # AT+CMGR and AT+CMGD of nothing; "OK" = says just that
    boot: tuple = ()
    chatter: tuple = ()
    silenced_by: str = ""  # the command that ends the chatter
    full: str = ""
    after_call: str = ""
    echo: bool = True
    cpin_spaces: bool = False


PROFILES = {
    "plain": Profile("Example", "Plain"),
    "huawei": Profile("huawei", "E3531", first_slot=0, memories=((SM, ME), (SM, ME), (SM,)), refusal="COMMAND NOT SUPPORT",
                      unsupported=("+CEREG", "+QURCCFG", "+QINDCFG", "+CTZR", "+CRC"), boot=("^BOOT:19261240,0,0,0,6", "^SRVST:2"),
                      chatter=("^RSSI:18", "^HCSQ:\"WCDMA\",30,26,58", "^MODE:5,4"), silenced_by="^CURC=0", full="^SMMEMFULL:\"SM\"",
                      empty_slot="OK"),
    "quectel": Profile("Quectel", "EC25", memories=((SM, ME, "MT"), (SM, ME, "MT"), (SM, ME)), preferred=(ME, ME, ME),
                       boot=("RDY", "+CPIN: READY", "+QUSIM: 1", "+CFUN: 1", "+QIND: SMS DONE", "+QIND: PB DONE"),
                       chatter=("+QIND: \"csq\",19,99", "+QIND: \"act\",\"LTE\""), silenced_by="+QINDCFG=\"all\",0", unsupported=("^CURC",),
                       full="+QIND: \"smsfull\",\"ME\"", empty_slot="+CMS ERROR: 321"),
    "simcom": Profile("SIMCOM_Ltd", "SIMCOM_SIM800L", cnmi=((0, 1, 2), (0, 1, 2, 3), (0, 2), (0, 1), (0, 1)),
                      unsupported=("^CURC", "+QURCCFG", "+QINDCFG", "+CEREG"), boot=("RDY", "+CFUN: 1", "+CPIN: READY", "Call Ready", "SMS Ready"),
                      chatter=("*PSUTTZ: 2026,11,24,12,0,0,\"+12\",0", "DST: 0", "+CTZV: +12,0"), silenced_by="+CTZR=0",
                      full="+SMS FULL", after_call="MISSED_CALL: 02:24AM 0501234567", empty_slot="OK"),
    "zte": Profile("ZTE CORPORATION", "MF190", first_slot=0, memories=((ME, "MT", SM, SR), (ME, "MT", SM, SR), (ME, SM)), preferred=(ME, ME, ME),
                   header="+%s: %d, %d, , %d", has_leading_line=False, unsupported=("+CEREG", "^CURC", "+QURCCFG", "+QINDCFG"),
                   refusal="+CME ERROR: 100", boot=("+ZUSIMR:2", "+ZDONR: \"Example\",310,410,\"CS_PS\",\"ROAM_OFF\""),
                   chatter=("+ZPASR: \"UMTS\"", "+ZDONR: \"Example\",310,410,\"CS_PS\",\"ROAM_OFF\""), full="+ZSMFULL",
                   empty_slot="+CMS ERROR: 322", cpin_spaces=True),
}
