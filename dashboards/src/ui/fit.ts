// How many rows of a list fit into its box: walls do not scroll, they say how many more there are.
// Watches the box only; on a narrow page (where the box grows with its content) it allows a fixed number.
import { onBeforeUnmount, onMounted, ref, type Ref } from 'vue'

const MORE_REM = 2.25

/** Answers, for a list of `count` rows, how many to show: all, or as many as leave room (`moreRem`) for the line that says how many more. */
export function useFit(box: Ref<HTMLElement | null>, rowRem: number, narrowRows = 12, moreRem = MORE_REM): (count: number) => number {
  const height = ref(Infinity)
  const narrow = matchMedia('(max-width: 1199px)')
  const measure = () => {
    if (!box.value) return
    const rem = parseFloat(getComputedStyle(document.documentElement).fontSize)
    height.value = narrow.matches ? narrowRows * rowRem + moreRem : box.value.clientHeight / rem
  }
  const observer = new ResizeObserver(measure)
  onMounted(() => {
    if (box.value) observer.observe(box.value)
    narrow.addEventListener('change', measure)
    measure()
  })
  onBeforeUnmount(() => {
    observer.disconnect()
    narrow.removeEventListener('change', measure)
  })
  const fitting = (rem: number) => Math.max(1, Math.floor(rem / rowRem + 0.01))
  return (count) => (count <= fitting(height.value) ? count : fitting(height.value - moreRem))
}
