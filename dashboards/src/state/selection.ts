// Which device the person at this window is looking at. One at a time; shared by map, alarm list and unseen list.
import { ref } from 'vue'

export const selected = ref<string | null>(null)
