import { Button, Group, Stack, Text } from '@mantine/core'
import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Problem } from '@/api/client'
import { Trouble } from '@/components/states'
import { dayHere } from '@/components/time/words'
import { ContactFields, NO_CONTACT } from './contact-fields'
import { contactOf, keepContact } from './queries'

interface Props {
  study: string
  code: string
}

/** How somebody is reached: shown only when asked for, because every look is noted. */
export function ContactPart({ study, code }: Props) {
  const [contact, setContact] = useState<typeof NO_CONTACT | null>(null)
  const [optedOut, setOptedOut] = useState<string | null>(null)
  const looking = useMutation({
    mutationFn: async () => {
      try {
        return await contactOf(study, code)
      } catch (error) {
        if (error instanceof Problem && error.status === 404) return null
        throw error
      }
    },
    onSuccess: (found) => {
      const { opted_out_at = null, ...details } = found ?? {}
      setContact({ ...NO_CONTACT, ...details })
      setOptedOut(opted_out_at)
    },
  })
  const saving = useMutation({ mutationFn: () => keepContact(study, code, contact ?? NO_CONTACT) })
  return (
    <section aria-label="Contact">
      <h3>Contact</h3>
      {contact ? (
        <form
          onSubmit={(event) => {
            event.preventDefault()
            saving.mutate()
          }}
        >
          <Stack gap="md">
            {optedOut && <Text size="sm">Wants no messages since {dayHere(optedOut)}.</Text>}
            <ContactFields
              contact={contact}
              onChange={(some) => setContact({ ...contact, ...some })}
            />
            {saving.error && <Trouble error={saving.error} />}
            <Group>
              <Button type="submit" variant="default" loading={saving.isPending}>
                Save contact details
              </Button>
              <Text size="sm" role="status">
                {saving.isSuccess && 'They are saved.'}
              </Text>
            </Group>
          </Stack>
        </form>
      ) : (
        <Stack gap="sm" align="flex-start">
          <Text size="sm">That you look at them is noted in the audit trail.</Text>
          <Button variant="default" loading={looking.isPending} onClick={() => looking.mutate()}>
            Show contact details
          </Button>
          {looking.error && <Trouble error={looking.error} />}
        </Stack>
      )}
    </section>
  )
}
