import type { Device } from './queries'

export interface Wanted {
  /** METRIC:VALUE of the newest report, which the server looks for. */
  attributes: string[]
  /** Words that must stand somewhere in what is known of a device. */
  words: string[]
}

/** What somebody wrote into the search: NAME:VALUE is an attribute, anything else a word. */
export function wantedOf(text: string, metrics: readonly string[]): Wanted {
  const parts = text.split(/\s+/).filter(Boolean)
  const named = (part: string) =>
    /^[^:]+:.+/.test(part) && metrics.includes(part.slice(0, part.indexOf(':')))
  return {
    attributes: parts.filter(named),
    words: parts.filter((part) => !named(part)).map((part) => part.toLowerCase()),
  }
}

/** Whether every word is the beginning or a part of a device's serial, place or version. */
export const matches = (device: Device, words: readonly string[]): boolean => {
  const { serial, device: id, cohort, hardware, version } = device
  const known = [serial, id, cohort, hardware, version].map((text) => text.toLowerCase())
  return words.every((word) => known.some((text) => text.includes(word)))
}
