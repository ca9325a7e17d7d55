import type { Message } from '@/api/client'
import { type Column, DataTable } from '@/components/data-table'
import { Mark } from '@/components/mark'
import { timeHere } from '@/components/time/words'
import { outcomeMark, stateMark, textName } from './words'

const when = ({ finished_at, due_at }: Message) => finished_at ?? due_at

const columns: Column<Message>[] = [
  { id: 'participant', title: 'Participant', value: ({ participant }) => participant },
  {
    id: 'text',
    title: 'Text',
    value: ({ template }) => textName(template),
    cell: ({ template, language, version }) => (
      <span className="state">
        {textName(template)}
        <small>
          {language}, version {version}
        </small>
      </span>
    ),
  },
  {
    id: 'when',
    title: 'When',
    value: (message) => Date.parse(when(message)),
    cell: (message) => timeHere(when(message)),
  },
  {
    id: 'state',
    title: 'State',
    value: ({ state }) => state,
    cell: ({ state, detail }) => (
      <span className="state">
        <Mark {...stateMark(state)} />
        {detail && <small title={detail}>{detail}</small>}
      </span>
    ),
  },
  {
    id: 'outcome',
    title: 'What came of it',
    value: (message) => outcomeMark(message)?.word ?? null,
    cell: (message) => {
      const mark = outcomeMark(message)
      return mark && <Mark {...mark} />
    },
  },
  { id: 'by', title: 'By', wideOnly: true, value: ({ queued_by: by }) => by },
]

interface Props {
  messages: Message[]
  sort: string | undefined
  onSort: (sort: string | undefined) => void
}

/** Who was written what, and whether a sync followed. */
export function LogTable({ messages, sort, onSort }: Props) {
  return (
    <DataTable
      caption="Messages"
      columns={columns}
      rows={messages}
      rowKey={({ id }) => String(id)}
      rowHeight={56}
      sort={sort}
      onSort={onSort}
    />
  )
}
