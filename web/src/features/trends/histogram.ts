import type { CurvePoint } from './queries'

/** Days whose worn hours lie from `from` up to, not including, `to`. */
export interface Bin {
  from: number
  to: number
  days: number
}

/** How many days have how many worn hours, by hour; the last bin holds 24 hours and more. */
export function binsOf(points: CurvePoint[]): Bin[] {
  const kept = new Map(points.map(({ hours, days }) => [hours, days]))
  return Array.from({ length: 24 }, (_, hour) => ({
    from: hour,
    to: hour + 1,
    days: (kept.get(hour) ?? 0) - (hour === 23 ? 0 : (kept.get(hour + 1) ?? 0)),
  }))
}

/** The point of a threshold. */
export const pointAt = (points: CurvePoint[], hours: number): CurvePoint | undefined =>
  points.find((point) => point.hours === hours)

/** A threshold as text in the address bar; within the scale and on a half hour. */
export function cutOf(text: string | undefined, or: number): number {
  const said = Number(text ?? Number.NaN)
  return Number.isFinite(said) ? Math.min(24, Math.max(0, Math.round(said * 2) / 2)) : or
}
