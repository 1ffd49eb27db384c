"""A spoken turn with a tool call, by the SDK for Python: prints what it got, as JSON.

Usage: spoken_turn.py BASE_URL CERTIFICATE_FILE gemini|vertex, with the turn as JSON on standard input
"""

import asyncio
import base64
import json
import ssl
import sys

from google import genai
from google.genai import types
from google.oauth2.credentials import Credentials


def client_of(base_url: str, certificate: str, api: str) -> genai.Client:
    trust = ssl.create_default_context(cafile=certificate)
    options = types.HttpOptions(base_url=base_url, async_client_args={"ssl": trust})
    if api == "gemini":
        return genai.Client(api_key="test-key", http_options=options)
    return genai.Client(
        vertexai=True,
        project="test-project",
        location="us-central1",
        credentials=Credentials("test-token"),
        http_options=options,
    )


async def speak_turn(client: genai.Client, turn: dict) -> dict:
    config = {
        "response_modalities": ["AUDIO"],
        "input_audio_transcription": {},
        "output_audio_transcription": {},
        "tools": [{"function_declarations": [turn["declaration"]]}],
    }
    got = {"calls": [], "heard": "", "said": "", "audioBytes": 0}
    async with client.aio.live.connect(model=turn["model"], config=config) as session:
        for piece in turn["pieces"]:
            chunk = types.Blob(data=base64.b64decode(piece), mime_type=turn["mimeType"])
            await session.send_realtime_input(audio=chunk)
        # `receive` ends with the model's turn; if a call ends its turn, the reply is a turn of its own.
        while got["audioBytes"] == 0:
            async for message in session.receive():
                await take(message, got, session, turn["response"])
    got["heard"] = got["heard"].strip()
    return got


async def take(message: types.LiveServerMessage, got: dict, session, response: dict) -> None:
    for call in message.tool_call.function_calls if message.tool_call else []:
        got["calls"].append({"name": call.name, "args": call.args})
        answer = types.FunctionResponse(id=call.id, name=call.name, response=response)
        await session.send_tool_response(function_responses=[answer])
    content = message.server_content
    if content and content.input_transcription:
        got["heard"] += content.input_transcription.text or ""
    if content and content.output_transcription:
        got["said"] += content.output_transcription.text or ""
    for part in (content.model_turn.parts or []) if content and content.model_turn else []:
        got["audioBytes"] += len(part.inline_data.data) if part.inline_data else 0


if __name__ == "__main__":
    print(json.dumps(asyncio.run(speak_turn(client_of(*sys.argv[1:]), json.load(sys.stdin)))))
