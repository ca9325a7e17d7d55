/** How the n-th of several lines is drawn: a colour and a dash, so neither carries it alone. */
export const DASHES: readonly (readonly number[])[] = [
  [],
  [7, 4],
  [2, 3],
  [10, 3, 2, 3],
  [14, 5],
  [5, 2, 1, 2, 1, 2],
  [3, 6],
  [12, 3, 5, 3],
]

export const STROKES = DASHES.length

const DASH_WORDS = [
  'solid',
  'dashed',
  'dotted',
  'dash-dot',
  'long dashes',
  'dash-dot-dot',
  'sparse',
  'uneven dashes',
]

export const dashWord = (slot: number): string => DASH_WORDS[slot % STROKES] ?? 'solid'
export const dashOf = (slot: number): number[] => [...(DASHES[slot % STROKES] ?? [])]
export const strokeName = (slot: number): string => `--series-${(slot % STROKES) + 1}`

/** The value of a CSS colour variable, for the canvas. */
export const inked = (name: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(name).trim() || '#777'

/** The colour of a CSS variable with some of the ground shining through. */
export const tinted = (name: string, share: number): string =>
  `color-mix(in srgb, ${inked(name)} ${Math.round(share * 100)}%, transparent)`
