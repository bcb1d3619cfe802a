// One real frame of each protocol, from the adapters' test vectors (adapters/*/vectors), with a time of arrival that fits it.
import type { Protocol } from '../../api/frames'
import type { Mode } from './draft'

export const EXAMPLES: Record<Protocol, { mode: Mode; text: string; received: string }> = {
  sl651: { mode: 'hex', received: '2017-07-18T11:00:20', text: '7E 7E 05 00 11 22 33 44 03 E8 32 00 2B 02 00 34 17 07 18 11 00 16 F1 F1 00 11 22 33 44 48 F0 F0 17 07 18 11 00 20 19 00 00 40 26 19 00 00 40 39 23 00 01 04 90 38 12 10 99 03 A4 21' },
  gb26875: { mode: 'hex', received: '2020-10-22T17:13:30', text: '40 40 00 00 01 01 18 0D 11 16 0A 14 00 00 00 00 00 00 06 05 04 03 02 01 30 00 02 02 01 01 03 00 D9 00 06 00 02 00 A3 C1 C7 F8 A3 B1 B2 E3 DF C8 B2 B8 D7 DF C0 C8 00 00 00 00 00 00 00 00 00 00 00 00 00 00 00 30 12 13 01 08 14 68 23 23' },
  hj212: { mode: 'text', received: '2026-07-06T10:35:13', text: '##0157QN=20260706103512345;ST=21;CN=2011;PW=123456;MN=A110000_0001;Flag=9;CP=&&DataTime=20260706103000;w01010-Rtd=28.6,w01010-Flag=N;w01014-Rtd=7.8,w01014-Flag=N&&1980' },
}
