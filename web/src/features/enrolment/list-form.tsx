import './enrolment.css'
import { Button, Group, Stack, Text, Textarea, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Trouble } from '@/components/states'
import { people } from '@/features/desk/words'
import { rowsOf, without } from './list-text'
import { enrolList, refusedOf } from './queries'

interface Props {
  study: string
  /** Whether the list comes from a file. */
  file: boolean
  onEnrolled: (codes: string[]) => void
  onClose: () => void
}

const COLUMNS = 'code, timezone, site, arm, enrolled_on, starts_on, ends_on, name, email, phone'

/** Many people at once: looked at first, then enrolled, all or none. */
export function ListForm({ study, file, onEnrolled, onClose }: Props) {
  const [text, setText] = useState('')
  const [zone, setZone] = useState('')
  const { rows } = rowsOf(text)
  const looking = useMutation({ mutationFn: (list: string) => refusedOf(study, list, zone) })
  const adding = useMutation({
    mutationFn: () => enrolList(study, text, zone),
    onSuccess: (made) => onEnrolled(made.map(({ code }) => code)),
  })
  const change = (next: string) => {
    setText(next)
    looking.reset()
    adding.reset()
  }
  const refused = looking.data
  const leaveOut = () => {
    const left = without(text, new Set(refused?.map(({ row }) => row)))
    change(left)
    looking.mutate(left)
  }
  const fine = refused?.length === 0
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (fine) adding.mutate()
        else looking.mutate(text)
      }}
    >
      <Stack gap="md">
        {file && (
          <label className="file">
            <span>CSV file</span>
            <input
              type="file"
              accept=".csv,.tsv,.txt,text/csv"
              data-autofocus
              onChange={async (event) => {
                const [chosen] = event.currentTarget.files ?? []
                if (chosen) change(await chosen.text())
              }}
            />
          </label>
        )}
        <Textarea
          label={file ? 'What it holds' : 'Participants'}
          description={`A code on each line, or a heading with ${COLUMNS}.`}
          rows={8}
          required
          spellCheck={false}
          autoComplete="off"
          {...(!file && { 'data-autofocus': true })}
          value={text}
          onChange={(event) => change(event.currentTarget.value)}
        />
        <TextInput
          label="Time zone of those without one"
          placeholder="Europe/Berlin"
          autoComplete="off"
          value={zone}
          onChange={(event) => {
            setZone(event.currentTarget.value)
            looking.reset()
          }}
        />
        {looking.error && <Trouble error={looking.error} />}
        {adding.error && <Trouble error={adding.error} />}
        <div role="status">
          {fine && <Text fw={600}>{people(rows.length)} can be enrolled.</Text>}
          {refused && refused.length > 0 && (
            <>
              <Text fw={600}>
                {refused.length} of {rows.length} rows cannot be taken.
              </Text>
              <ul className="refused" aria-label="Refused rows">
                {refused.map(({ row, problem }) => (
                  <li key={row}>
                    <span>Row {row}</span>
                    <code>{rows[row - 1]}</code>
                    <span>{problem}</span>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          {refused && refused.length > 0 && refused.length < rows.length && (
            <Button variant="default" onClick={leaveOut}>
              Leave {refused.length === 1 ? 'it' : `the ${refused.length}`} out
            </Button>
          )}
          <Button
            type="submit"
            disabled={rows.length === 0}
            loading={looking.isPending || adding.isPending}
          >
            {fine ? `Enrol ${people(rows.length)}` : 'Look at the list'}
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
