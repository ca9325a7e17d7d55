import { Button, Group, Stack, TextInput } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Trouble } from '@/components/states'
import { civilDay, dateText, isZone } from '@/components/time/zone'
import { ContactFields, NO_CONTACT } from './contact-fields'
import { type Part, PartFields } from './person-fields'
import { enrol } from './queries'

interface Props {
  study: string
  /** Whether contact details may be given. */
  contacts: boolean
  onEnrolled: (codes: string[]) => void
  onClose: () => void
}

const NOTHING: Part = { timezone: '', site: '', arm: '', starts_on: '', ends_on: '' }
const HERE = Intl.DateTimeFormat().resolvedOptions().timeZone

/** The date on the clock of the participant, if that is a known one, or of who enrols. */
const today = (zone: string) => dateText(civilDay(Date.now(), isZone(zone) ? zone : HERE))

/** Somebody who takes part from now on. */
export function OneForm({ study, contacts, onEnrolled, onClose }: Props) {
  const [code, setCode] = useState('')
  const [part, setPart] = useState(NOTHING)
  const [contact, setContact] = useState(NO_CONTACT)
  const adding = useMutation({
    mutationFn: () => {
      const { timezone, site, arm, starts_on, ends_on } = part
      const dates = {
        enrolled_on: today(timezone),
        starts_on: starts_on || null,
        ends_on: ends_on || null,
      }
      const person = { ...contact, code: code.trim(), timezone, site, arm, ...dates }
      return enrol(study, [person], timezone)
    },
    onSuccess: (made) => onEnrolled(made.map((one) => one.code)),
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        adding.mutate()
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Code"
          description="What this person is called in the study: never their name."
          required
          autoComplete="off"
          spellCheck={false}
          data-autofocus
          value={code}
          onChange={(event) => setCode(event.currentTarget.value)}
        />
        <PartFields study={study} part={part} onChange={(some) => setPart({ ...part, ...some })} />
        {contacts && (
          <ContactFields
            contact={contact}
            onChange={(some) => setContact({ ...contact, ...some })}
          />
        )}
        {adding.error && <Trouble error={adding.error} />}
        <Group justify="flex-end" gap="sm">
          <Button variant="subtle" onClick={onClose}>
            Cancel
          </Button>
          <Button type="submit" loading={adding.isPending}>
            Enrol
          </Button>
        </Group>
      </Stack>
    </form>
  )
}
