const DAY = 86_400_000
const clocks = new Map<string, Intl.DateTimeFormat>()

function clockOf(zone: string): Intl.DateTimeFormat {
  const known = clocks.get(zone)
  if (known) return known
  const clock = new Intl.DateTimeFormat('en-US', {
    timeZone: zone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  })
  clocks.set(zone, clock)
  return clock
}

/** Whether a text names a zone, by any of its names. */
export function isZone(text: string): boolean {
  try {
    clockOf(text)
    return true
  } catch {
    return false
  }
}

/** What the clocks of a zone show at an instant, as milliseconds as if that were UTC. */
export function civilAt(at: number, zone: string): number {
  const parts = new Map(
    clockOf(zone)
      .formatToParts(at)
      .map((part) => [part.type, Number(part.value)]),
  )
  const read = (name: Intl.DateTimeFormatPartTypes) => parts.get(name) ?? 0
  return Date.UTC(
    read('year'),
    read('month') - 1,
    read('day'),
    read('hour'),
    read('minute'),
    read('second'),
  )
}

/** The instant at which the clocks of a zone show a civil time (the first, if they do so twice). */
export function instantOf(civil: number, zone: string): number {
  // The offset that holds at the answer is the one in force a day before or a day after.
  const before = civil - (civilAt(civil - DAY, zone) - (civil - DAY))
  const after = civil - (civilAt(civil + DAY, zone) - (civil + DAY))
  return civilAt(before, zone) === civil ? before : after
}

/** The civil midnight that begins the day of an instant, as a civil time. */
export const civilDay = (at: number, zone: string): number =>
  Math.floor(civilAt(at, zone) / DAY) * DAY

/** The date of a civil time, such as 2026-03-01. */
export const dateText = (civil: number): string => new Date(civil).toISOString().slice(0, 10)

const words = (form: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat('en-GB', { timeZone: 'UTC', ...form })

const forms = {
  second: words({ hour: '2-digit', minute: '2-digit', second: '2-digit' }),
  minute: words({ hour: '2-digit', minute: '2-digit' }),
  day: words({ day: 'numeric', month: 'short' }),
  weekday: words({ weekday: 'short', day: 'numeric', month: 'short' }),
  date: words({ day: 'numeric', month: 'short', year: 'numeric' }),
  month: words({ month: 'short' }),
  monthOfYear: words({ month: 'long', year: 'numeric' }),
  year: words({ year: 'numeric' }),
  moment: words({
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
  }),
}

/** A civil time in words. */
export const civilText = (civil: number, form: keyof typeof forms): string =>
  forms[form].format(civil)

/** An instant in words on the clocks of a zone. */
export const momentText = (at: number, zone: string): string =>
  civilText(civilAt(at, zone), 'moment')
