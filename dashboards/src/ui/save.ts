// Hands bytes to the browser as a file of that name.
const KEEP_MS = 10_000

export function saveFile(bytes: Blob, name: string): void {
  const url = URL.createObjectURL(bytes)
  Object.assign(document.createElement('a'), { href: url, download: name }).click()
  setTimeout(() => URL.revokeObjectURL(url), KEEP_MS)
}
