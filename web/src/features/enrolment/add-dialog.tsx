import './enrolment.css'
import { useState } from 'react'
import { Dialog } from '@/components/dialog'
import { ListForm } from './list-form'
import { OneForm } from './one-form'

interface Props {
  study: string
  contacts: boolean
  onEnrolled: (codes: string[]) => void
  onClose: () => void
}

const WAYS = [
  ['one', 'One person'],
  ['paste', 'Paste a list'],
  ['file', 'CSV file'],
] as const

/** Adds participants: one by a form, or many by a list. */
export function AddDialog(props: Props) {
  const [way, setWay] = useState<(typeof WAYS)[number][0]>('one')
  return (
    <Dialog wide title="Add participants" onClose={props.onClose}>
      <fieldset className="ways">
        <legend className="for-screen-readers">How</legend>
        {WAYS.map(([id, title]) => (
          <button type="button" key={id} aria-pressed={way === id} onClick={() => setWay(id)}>
            {title}
          </button>
        ))}
      </fieldset>
      {way === 'one' ? (
        <OneForm {...props} />
      ) : (
        <ListForm key={way} file={way === 'file'} {...props} />
      )}
    </Dialog>
  )
}
