// Elements without any HTML text: what comes from the document stays text.
type Child = Node | string | null | undefined
export function h<K extends keyof HTMLElementTagNameMap>(tag: K, props: Partial<HTMLElementTagNameMap[K]> | null, ...children: Child[]): HTMLElementTagNameMap[K] {
  const element = Object.assign(document.createElement(tag), props ?? {})
  for (const child of children) if (child != null) element.append(child)
  return element
}
