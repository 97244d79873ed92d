import { describe, expect, it } from '@jest/globals'
import { parseTemplate } from './parse.js'

describe('parseTemplate', () => {
  it('reads JSON', async () => {
    expect(await parseTemplate(' {"Resources": {"A": {"Type": "T"}}}')).toEqual({ Resources: { A: { Type: 'T' } } })
  })

  it('reads YAML with the short forms of functions', async () => {
    const text = `
AWSTemplateFormatVersion: 2010-09-09
Conditions:
  Yes: !Equals [!Ref A, 'x']
  Also: !Not [!Condition Yes]
Resources:
  A:
    Type: T
    Properties:
      Ref: !Ref B
      Att: !GetAtt B.Arn
      Sub: !Sub 'a \${B}'
      Join: !Join ['', [a, !Ref B]]
      If: !If [Yes, 1, !Ref AWS::NoValue]
      Map: !FindInMap [M, !Ref AWS::Region, k]
      Day: 2020-01-01`
    expect(await parseTemplate(text)).toEqual({
      AWSTemplateFormatVersion: '2010-09-09',
      Conditions: { Yes: { 'Fn::Equals': [{ Ref: 'A' }, 'x'] }, Also: { 'Fn::Not': [{ Condition: 'Yes' }] } },
      Resources: {
        A: {
          Type: 'T',
          Properties: {
            Ref: { Ref: 'B' },
            Att: { 'Fn::GetAtt': 'B.Arn' },
            Sub: { 'Fn::Sub': 'a ${B}' },
            Join: { 'Fn::Join': ['', ['a', { Ref: 'B' }]] },
            If: { 'Fn::If': ['Yes', 1, { Ref: 'AWS::NoValue' }] },
            Map: { 'Fn::FindInMap': ['M', { Ref: 'AWS::Region' }, 'k'] },
            Day: '2020-01-01',
          },
        },
      },
    })
  })

  it.each(['[]', 'text', '{}', '{"Resources": {}}', '{'])('refuses %j', async (text) => {
    await expect(parseTemplate(text)).rejects.toThrow()
  })
})
