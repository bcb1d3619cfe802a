// A phone's photo as the register keeps it: upright, 1,600 px at most, JPEG, and without what the phone wrote into it
// (where it was taken, with which phone): drawing it anew leaves that behind.
export const LONGEST = 1600
const QUALITY = 0.82

/** The size of a picture whose longer side is not above `LONGEST`. */
export function fitted(width: number, height: number): [number, number] {
  const scale = Math.min(1, LONGEST / Math.max(width, height))
  return [Math.max(1, Math.round(width * scale)), Math.max(1, Math.round(height * scale))]
}

/** Rejects when the browser cannot read the file as a picture. */
export async function shrink(file: Blob): Promise<Blob> {
  const bitmap = await createImageBitmap(file, { imageOrientation: 'from-image' })
  const [width, height] = fitted(bitmap.width, bitmap.height)
  const canvas = Object.assign(document.createElement('canvas'), { width, height })
  canvas.getContext('2d')!.drawImage(bitmap, 0, 0, width, height)
  bitmap.close()
  return new Promise((done, fail) => canvas.toBlob((blob) => (blob ? done(blob) : fail(new Error('no picture'))), 'image/jpeg', QUALITY))
}
