// Which device page this window showed last, so that the navigation leads back to it.
import { ref } from 'vue'

const STORE = 'chengshu.device'
export const lastDevice = ref(sessionStorage.getItem(STORE) ?? '')

export function keepLastDevice(device: string): void {
  lastDevice.value = device
  sessionStorage.setItem(STORE, device)
}
