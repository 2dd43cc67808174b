"""A stack's state that a slow backend tells a second late: by then the engine would have changed a resource."""

STATE_COMES_LATE = """
import asyncio
ask = pulumi.runtime.invoke_async
async def ask_late(token, *arguments, **options):
    if token.endswith("readStackResourceOutputs"):
        await asyncio.sleep(1)
    return await ask(token, *arguments, **options)
pulumi.runtime.invoke_async = ask_late
"""
