import { Button, Group, NativeSelect, TextInput } from '@mantine/core'
import { useState } from 'react'
import type { Template } from '@/api/client'
import { TextEditor } from './text-editor'
import { textName } from './words'

const LANGUAGE = /^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/

const WORDS = new Intl.DisplayNames('en', { type: 'language', fallback: 'code' })

export const languageName = (code: string): string => {
  try {
    return WORDS.of(code) ?? code
  } catch {
    return code
  }
}

interface Props {
  study: string
  texts: Template[]
  participants: readonly string[]
  template: string
  language: string | undefined
  /** The language of people of whom none is known. */
  usual: string
  onChoose: (template: string, language: string | undefined) => void
}

function NewLanguage({ onAdd }: { onAdd: (language: string) => void }) {
  const [code, setCode] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        if (LANGUAGE.test(code)) onAdd(code)
      }}
    >
      <Group gap="xs" align="flex-end">
        <TextInput
          label="Another language"
          placeholder="fr or pt-BR"
          w="9rem"
          value={code}
          onChange={(event) => setCode(event.currentTarget.value.trim())}
        />
        <Button type="submit" variant="default" disabled={!LANGUAGE.test(code)}>
          Add
        </Button>
      </Group>
    </form>
  )
}

/** The texts of a study in all languages; those that come with Wearhouse are version 0. */
export function Texts({ study, texts, participants, template, language, usual, onChoose }: Props) {
  const names = [...new Set(texts.map(({ name }) => name))]
  const versions = texts.filter(({ name }) => name === template)
  const known = versions.find((one) => one.language === (language ?? usual)) ?? versions[0]
  const adding = language !== undefined && !versions.some((one) => one.language === language)
  const shown = known && adding ? { ...known, language, version: 0 } : known
  if (!shown) return null
  return (
    <>
      <div className="filters">
        <NativeSelect
          label="Text"
          value={template}
          data={names.map((name) => ({ value: name, label: textName(name) }))}
          onChange={(event) => onChoose(event.currentTarget.value, undefined)}
        />
        <NativeSelect
          label="Language"
          value={shown.language}
          data={[...versions, ...(adding ? [shown] : [])].map((one) => ({
            value: one.language,
            label: languageName(one.language),
          }))}
          onChange={(event) => onChoose(template, event.currentTarget.value)}
        />
        <NewLanguage onAdd={(code) => onChoose(template, code)} />
        <p className="count">
          {adding && 'Not kept yet: translate, then keep it.'}
          {!adding &&
            (shown.version === 0 ? 'As it comes with Wearhouse' : `Version ${shown.version}`)}
        </p>
      </div>
      <TextEditor
        key={`${shown.name} ${shown.language} ${shown.version} ${adding}`}
        study={study}
        text={shown}
        participants={participants}
        onKept={(kept) => onChoose(kept.name, kept.language)}
      />
    </>
  )
}
