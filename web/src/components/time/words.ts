const MINUTE = 60_000

/** How long ago something was, in words. */
export function ago(at: number, now: number): string {
  const minutes = Math.max(0, Math.round((now - at) / MINUTE))
  if (minutes < 2) return 'just now'
  if (minutes < 90) return `${minutes} min ago`
  const hours = Math.round(minutes / 60)
  if (hours < 48) return `${hours} h ago`
  return `${Math.round(hours / 24).toLocaleString('en')} days ago`
}

/** How long something took or lasts, in words. */
export function lasting(milliseconds: number): string {
  const seconds = milliseconds / 1000
  if (seconds < 1) return 'under 1 s'
  if (seconds < 100) return `${Math.round(seconds)} s`
  const minutes = Math.round(seconds / 60)
  if (minutes < 100) return `${minutes} min`
  return `${(minutes / 60).toFixed(1)} h`
}

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' })
const minute = new Intl.DateTimeFormat('en-GB', {
  day: 'numeric',
  month: 'short',
  year: 'numeric',
  hour: '2-digit',
  minute: '2-digit',
})

/** The date of an instant on this computer's clock. */
export const dayHere = (instant: string): string => day.format(new Date(instant))

/** An instant on this computer's clock. */
export const timeHere = (instant: string): string => minute.format(new Date(instant))
