// How many rows of a list fit into its box: walls do not scroll, they say how many more there are.
// Watches the box only; on a narrow page (where the box grows with its content) it allows a fixed number.
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const MORE_REM = 2.25

/** The height of a box in rem, and whether the page is narrow: there a box grows with its content. */
export function useHeight(box: Ref<HTMLElement | null>): { rem: Ref<number>; narrow: Ref<boolean> } {
  // Nothing is known before the first layout, and asking would force one: the observer tells before the first paint.
  const rem = ref(0)
  const query = matchMedia('(max-width: 1199px)')
  const narrow = ref(query.matches)
  const measure = () => {
    narrow.value = query.matches
    if (box.value) rem.value = box.value.clientHeight / parseFloat(getComputedStyle(document.documentElement).fontSize)
  }
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    if (box.value) observer.observe(box.value)
    query.addEventListener('change', measure)
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    query.removeEventListener('change', measure)
  })
  return { rem, narrow }
}

/** Answers, for a list of `count` rows, how many to show: all, or as many as leave room (`moreRem`) for the line that says how many more. */
export function useFit(box: Ref<HTMLElement | null>, rowRem: number, narrowRows = 12, moreRem = MORE_REM): (count: number) => number {
  const { rem: height, narrow } = useHeight(box)
  const fitting = (rem: number) => Math.max(1, Math.floor(rem / rowRem + 0.01))
  const room = () => (narrow.value ? narrowRows * rowRem + moreRem : height.value)
  return (count) => (count <= fitting(room()) ? count : fitting(room() - moreRem))
}
