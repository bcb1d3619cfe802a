// Changes whenever the live stream tells of something lost or found: then what is polled is read again at once, everywhere
// on the page, so that two figures of the same thing do not differ for seconds.
import { computed, type ComputedRef } from 'vue'
import { countStates } from '../live/counts'
import { useLive } from '../live/use'

export function useChanges(): ComputedRef<string> {
  const live = useLive()
  return computed(() => JSON.stringify([countStates(live.standing.value.values()), [...live.links.value.values()].map((l) => l.state), live.status.value?.database.state]))
}
