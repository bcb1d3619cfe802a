// Speaks with the routes of a device's photos. Pictures are fetched with the key and shown from memory: an address that
// anybody may open would show them to anybody.
import { ask, get, reach } from './client'
import type { Photo, PhotoList } from './types'

const at = (device: string) => `/api/v1/devices/${encodeURIComponent(device)}/photos`

export const fetchPhotos = (device: string, key: string, signal?: AbortSignal) => get<PhotoList>(at(device), key, signal).then((r) => r.photos)

export const fetchPhoto = (device: string, hash: string, key: string) => reach(`${at(device)}/${hash}`, key, {}).then((reply) => reply.blob())

export const addPhoto = (device: string, picture: Blob, key: string) =>
  ask<Photo>(at(device), key, { method: 'POST', body: picture, headers: { 'content-type': picture.type } })

export const deletePhoto = (device: string, hash: string, key: string) => ask<null>(`${at(device)}/${hash}`, key, { method: 'DELETE' })
