/** Ten steps of the colour scale cividis (Nuñez, Anderton, Renslow 2018), dark to light. */
const STEPS: readonly (readonly [number, number, number])[] = [
  [0, 34, 78],
  [18, 53, 112],
  [59, 73, 108],
  [87, 93, 109],
  [112, 113, 115],
  [138, 134, 120],
  [165, 156, 116],
  [195, 179, 105],
  [225, 204, 85],
  [254, 232, 56],
]

const SHADES = 64

/** The colour at a share of the scale, 0 to 1. */
function blend(share: number): string {
  const place = Math.min(1, Math.max(0, share)) * (STEPS.length - 1)
  const low = Math.min(Math.floor(place), STEPS.length - 2)
  const [from, to] = [STEPS[low] ?? [0, 0, 0], STEPS[low + 1] ?? [0, 0, 0]]
  const mixed = from.map((part, i) => Math.round(part + ((to[i] ?? 0) - part) * (place - low)))
  return `rgb(${mixed.join(' ')})`
}

const SCALE = Array.from({ length: SHADES }, (_, i) => blend(i / (SHADES - 1)))

export const shade = (share: number): string =>
  SCALE[Math.round(Math.min(1, Math.max(0, share)) * (SHADES - 1))] ?? ''

/** What can be read on the colour at a share of the scale. */
export const inkOn = (share: number): string => (share > 0.55 ? '#101820' : '#ffffff')
