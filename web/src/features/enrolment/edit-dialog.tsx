import './enrolment.css'
import { Button, Group, Stack, Text, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import type { DeskLine } from '@/api/client'
import { Dialog } from '@/components/dialog'
import { Trouble } from '@/components/states'
import { ContactPart } from './contact-part'
import { PausesPart } from './pauses-part'
import { type Part, PartFields } from './person-fields'
import { type Change, change } from './queries'

interface Props {
  study: string
  line: DeskLine
  contacts: boolean
  onChanged: () => void
  onClose: () => void
}

const partOf = (line: DeskLine): Part => ({
  timezone: line.timezone,
  site: line.site ?? '',
  arm: line.arm ?? '',
  starts_on: line.starts_on ?? '',
  ends_on: line.ends_on ?? '',
})

/** Only what is another now than it was. */
function changesOf(before: Part, after: Part): Partial<Change> {
  const names = (Object.keys(after) as (keyof Part)[]).filter(
    (name) => before[name] !== after[name],
  )
  return Object.fromEntries(
    names.map((name) => [name, name === 'timezone' ? after[name] : after[name] || null]),
  )
}

function Fields({ study, line, onChanged }: Pick<Props, 'study' | 'line' | 'onChanged'>) {
  const [part, setPart] = useState(() => partOf(line))
  const [reason, setReason] = useState('')
  const changes = changesOf(partOf(line), part)
  const saving = useMutation({
    mutationFn: () => change(study, line.code, { ...changes, reason } as Change),
    onSuccess: onChanged,
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        saving.mutate()
      }}
    >
      <Stack gap="md">
        <PartFields study={study} part={part} onChange={(some) => setPart({ ...part, ...some })} />
        <TextInput
          label="Why"
          description="Stands in the history of this participant."
          value={reason}
          onChange={(event) => setReason(event.currentTarget.value)}
        />
        {saving.error && <Trouble error={saving.error} />}
        <Group gap="sm">
          <Button
            type="submit"
            loading={saving.isPending}
            disabled={Object.keys(changes).length === 0}
          >
            Save
          </Button>
          <Text size="sm" role="status">
            {saving.isSuccess && 'It is saved.'}
          </Text>
        </Group>
      </Stack>
    </form>
  )
}

/** Changes somebody's part in the study: clock, site, arm, dates, pauses, contact. */
export function EditDialog({ study, line, contacts, onChanged, onClose }: Props) {
  return (
    <Dialog wide title={`Change ${line.code}`} onClose={onClose}>
      <div className="parts">
        <Fields
          key={JSON.stringify(partOf(line))}
          study={study}
          line={line}
          onChanged={onChanged}
        />
        <PausesPart study={study} code={line.code} onChanged={onChanged} />
        {contacts && <ContactPart study={study} code={line.code} />}
      </div>
    </Dialog>
  )
}
