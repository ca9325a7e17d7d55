import type { Letter } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { verdictMark, whyWords } from './words'

const ORDER = ['now', 'later', 'held']

const columns: Column<Letter>[] = [
  { id: 'participant', title: 'Participant', value: ({ participant }) => participant },
  {
    id: 'verdict',
    title: 'What happens',
    value: ({ verdict }) => ORDER.indexOf(verdict),
    cell: (letter) => <Mark {...verdictMark(letter)} />,
  },
  { id: 'why', title: 'Why', value: whyWords },
]

/** What would happen to each message, and to those held back until when. */
export function LettersTable({ letters }: { letters: Letter[] }) {
  return (
    <DataTable
      caption="What would happen to each message"
      columns={columns}
      rows={letters}
      rowKey={({ participant }) => participant}
    />
  )
}
