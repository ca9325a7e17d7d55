import './quarantine-list.css'
import type { QuarantinedRecord } from '@/api/client'
import { dayHere, timeHere } from '@/components/time/words'

/** A record as it can be read: JSON over several lines, anything else as it came. */
export function readable(record: string): string {
  try {
    return JSON.stringify(JSON.parse(record), null, 2)
  } catch {
    return record
  }
}

function whereOf({ participant, person, file, position }: QuarantinedRecord): string {
  const place = position > 0 ? `${file}, record ${position.toLocaleString('en')}` : file
  return [participant ?? person, place].filter(Boolean).join(' · ')
}

/** The records that were kept out, each with its reason; opened, as they were received. */
export function QuarantineList({ records }: { records: QuarantinedRecord[] }) {
  return (
    <ul className="quarantine" aria-label="Quarantine">
      {records.map((record) => (
        <li key={record.id}>
          <details>
            <summary>
              <span className="reason">{record.reason}</span>
              <span className="at" title={timeHere(record.at)}>
                {dayHere(record.at)}
              </span>
              <span className="where">{whereOf(record)}</span>
            </summary>
            {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling record takes the keyboard */}
            <pre tabIndex={0}>{readable(record.record)}</pre>
          </details>
        </li>
      ))}
    </ul>
  )
}
