import { Group, NativeSelect, TextInput } from '@mantine/core'
import type { Contact } from './queries'

export const NO_CONTACT: Required<Contact> = {
  name: '',
  email: '',
  phone: '',
  language: '',
  preference: '',
}

interface Props {
  contact: Required<Contact>
  onChange: (changes: Partial<Contact>) => void
}

/** How somebody is reached. */
export function ContactFields({ contact, onChange }: Props) {
  const field = (name: keyof Contact, label: string, type = 'text') => (
    <TextInput
      label={label}
      type={type}
      autoComplete="off"
      value={contact[name]}
      onChange={(event) => onChange({ [name]: event.currentTarget.value })}
    />
  )
  return (
    <>
      {field('name', 'Name')}
      <Group grow>
        {field('email', 'E-mail', 'email')}
        {field('phone', 'Telephone', 'tel')}
      </Group>
      <Group grow>
        {field('language', 'Language')}
        <NativeSelect
          label="Reach them by"
          value={contact.preference}
          data={[
            { value: '', label: 'No preference' },
            { value: 'email', label: 'E-mail' },
            { value: 'phone', label: 'Telephone' },
            { value: 'none', label: 'Do not write' },
          ]}
          onChange={(event) => onChange({ preference: event.currentTarget.value })}
        />
      </Group>
    </>
  )
}
