// Lets a waiting device in: its entry as it stands, put by a person. Read first, because the version must be the one that
// is there; who wants to fill in more opens the form instead.
import { fetchDevice, putDevice } from '../../api/register'
import type { DeviceDetail } from '../../api/register-types'

export async function accept(device: string, key: string): Promise<DeviceDetail> {
  const { theme, version, entry } = await fetchDevice(device, key)
  return putDevice(device, { theme, version, entry }, key)
}
